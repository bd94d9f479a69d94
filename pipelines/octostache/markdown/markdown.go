// Package markdown renders Markdown as HTML in the dialect of Octopus:
// CommonMark, pipe tables, more kinds of emphasis, links that are not marked
// as such.
//
// It makes nothing harmless: HTML in the text stays in the result. The idea to
// know: whoever wrote the text may write HTML anyway, as it is a variable of
// their own deployment that goes into a mail or a file of theirs.
package markdown

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// HTML renders a text.
func HTML(in string) (string, error) {
	var out bytes.Buffer
	err := dialect.Convert([]byte(in), &out)
	return out.String(), err
}

var dialect = goldmark.New(
	goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone))),
	goldmark.WithParserOptions(
		parser.WithInlineParsers(
			util.Prioritized(emphasisParser{'~', 1, 2}, 500),
			util.Prioritized(emphasisParser{'^', 1, 1}, 500),
			util.Prioritized(emphasisParser{'+', 2, 2}, 500),
			util.Prioritized(emphasisParser{'=', 2, 2}, 500),
			util.Prioritized(bareLinkParser{}, 999),
		),
		parser.WithASTTransformers(util.Prioritized(cellAligner{}, 1000)),
	),
	goldmark.WithRendererOptions(
		html.WithXHTML(),
		html.WithUnsafe(),
		renderer.WithNodeRenderers(util.Prioritized(emphasisRenderer{}, 500)),
	),
)

// cellAligner says how the cells of a table stand, in Octopus's spelling.
type cellAligner struct{}

func (cellAligner) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	// The function below never fails, hence neither does the walk.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if cell, ok := n.(*east.TableCell); ok && entering && cell.Alignment != east.AlignNone {
			cell.SetAttributeString("style", "text-align: "+cell.Alignment.String()+";")
		}
		return ast.WalkContinue, nil
	})
}
