package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"slipway/pipelines"
	"slipway/web/rest"
)

// valueOrVariable takes --variable for --value, as Octopus's own command line
// calls it.
func valueOrVariable(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if name == "variable" {
		name = "value"
	}
	return pflag.NormalizedName(name)
}

// pairs reads NAME=VALUE arguments.
func pairs(c *cobra.Command, all []string) (map[string]string, error) {
	out := map[string]string{}
	for _, text := range all {
		name, value, ok := strings.Cut(text, "=")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, misuse(c, "a value is written NAME=VALUE, like --value Title=Hello; got %q", text)
		}
		for there := range out {
			if pipelines.SameName(there, name) {
				return nil, misuse(c, "--value %s is given twice", name)
			}
		}
		out[name] = value
	}
	return out, nil
}

// askWhatIsLeft asks a person for the values that a deployment wants and that
// were not given.
func (p *program) askWhatIsLeft(ctx context.Context, s *client, in *deployRequest) error {
	var ahead rest.Preview
	if err := s.call(ctx, http.MethodPost, at("deployments", "preview"), in, &ahead); err != nil {
		return err
	}
	answers := bufio.NewReader(p.stdin)
	for _, a := range ahead.Asked {
		if a.Given {
			continue
		}
		value, given, err := p.askValue(answers, a)
		if err != nil {
			return err
		}
		if given {
			in.Values[a.Name] = value
		}
	}
	return nil
}

// askValue asks until the answer fits. An empty answer is the proposal, which
// need not be given.
func (p *program) askValue(answers *bufio.Reader, a rest.Asked) (value string, given bool, err error) {
	label := a.Label
	if label == "" {
		label = a.Name
	}
	if a.Description != "" {
		fmt.Fprintln(p.stderr, harmless(a.Description))
	}
	for i, o := range a.Options {
		fmt.Fprintf(p.stderr, "  %d) %s\n", i+1, harmless(o))
	}
	question := harmless(label)
	if a.Value != "" {
		question += " [" + oneLine(a.Value) + "]"
	}
	if a.Multiline {
		question += " (several lines; end with a line of one dot)"
	}
	for {
		fmt.Fprint(p.stderr, question+": ")
		text, err := answerTo(answers, a.Multiline)
		if err != nil {
			return "", false, fmt.Errorf("%s: nobody answers: give it with --value %s", label, quoted(a.Name+"=…"))
		}
		value, fits := chosen(a.Options, text)
		switch {
		case strings.TrimSpace(text) == "" && (a.Value != "" || !a.Required):
			return "", false, nil
		case strings.TrimSpace(text) == "":
			fmt.Fprintf(p.stderr, "%s is needed\n", harmless(label))
		case !fits:
			fmt.Fprintf(p.stderr, "%s is one of %s\n", harmless(label), harmless(strings.Join(a.Options, ", ")))
		default:
			return value, true, nil
		}
	}
}

// chosen is one of the options, by its text or its number, where there are any.
func chosen(options []string, text string) (string, bool) {
	if len(options) == 0 || slices.Contains(options, text) {
		return text, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > len(options) {
		return "", false
	}
	return options[n-1], true
}

// answerTo reads one line, or several up to a line of one dot.
func answerTo(answers *bufio.Reader, several bool) (string, error) {
	var lines []string
	for {
		line, err := answers.ReadString('\n')
		if err == io.EOF && line != "" {
			err = nil
		}
		if err != nil {
			return "", err
		}
		line = strings.TrimRight(line, "\r\n")
		if !several {
			return line, nil
		}
		if line == "." {
			return strings.Join(lines, "\n"), nil
		}
		lines = append(lines, line)
	}
}
