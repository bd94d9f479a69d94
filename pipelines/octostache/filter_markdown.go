package octostache

import (
	"strings"

	"slipway/pipelines/octostache/markdown"
)

// maxMarkdown bounds a text to be rendered. The cost of some constructs grows
// with the square of the length, so that is what all texts of an evaluation
// spend together.
const maxMarkdown = 40_000

// toHTML renders Markdown. Octopus puts one more line end behind it.
func toHTML(c call) (string, bool, error) {
	if len(c.args) > 0 {
		return "", false, nil
	}
	in := strings.TrimSpace(c.in)
	c.eval.markdown += len(in) * len(in)
	if len(in) > maxMarkdown || c.eval.markdown > maxMarkdown*maxMarkdown {
		return "", false, &LimitError{Limit: "bytes of Markdown", Max: maxMarkdown}
	}
	out, err := markdown.HTML(in)
	return out + "\n", err == nil, err
}
