package cli

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/pipelines/configfiles/substitute"
	"slipway/pipelines/octostache"
)

func (p *program) template() *cobra.Command {
	return group("template", "Try `#{…}` texts and files without deploying", p.templateRender(), p.templateCheck())
}

// rendering is what a text is rendered with, as flags say it.
type rendering struct {
	files []string // of variables
	set   []string // NAME=VALUE
	place place    // where a project's variables are asked for
}

// place is where variables are asked for. Without a project there are none.
type place struct{ project, environment, target, step, channel string }

func (r *rendering) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&r.files, "variables", nil, "a YAML or JSON file of names and values; of several the later wins")
	c.Flags().StringArrayVar(&r.set, "set", nil, "a variable, like 'NGINX Port=8081'; wins over files")
	r.place.flags(c)
}

func (w *place) flags(c *cobra.Command) {
	c.Flags().StringVar(&w.project, "project", "", "take this project's variables, from the server")
	c.Flags().StringVar(&w.environment, "environment", "", "in this environment")
	c.Flags().StringVar(&w.target, "target", "", "on this target")
	c.Flags().StringVar(&w.step, "step", "", "in this step")
	c.Flags().StringVar(&w.channel, "channel", "", "in this channel")
}

func (p *program) templateRender() *cobra.Command {
	c := verb("render [FILE]", "Print a file, or a text, with its variables put in", nil)
	c.Long = `Print FILE, or stdin, or --text, with the values of variables in place of its
#{…}: everything else byte for byte, as substituting in files does on a host.
Values come from files, from --set, and with --project from the server; there
they are those of the environment, target, step and channel named. Secrets and
what only a host or the deployment knows are marked in the output.
What does not resolve is an error, unless --lenient leaves it as it stands.`
	var with rendering
	with.flags(c)
	text := c.Flags().String("text", "", "the text itself, in place of a file")
	lenient := c.Flags().Bool("lenient", false, "leave what does not resolve as it is")
	c.RunE = func(c *cobra.Command, args []string) error {
		if c.Flags().Changed("text") == (len(args) > 0) && len(args) > 0 {
			return misuse(c, "a file or --text, not both")
		}
		name, content, err := p.templateText(argument(args, 0, "-"), *text, c.Flags().Changed("text"))
		if err != nil {
			return err
		}
		vars, err := p.rendering(c, with)
		if err != nil {
			return err
		}
		out, found, err := p.fill(name, content, vars, with)
		if err != nil {
			return pipelines.Refuse(pipelines.Invalid, "%s: %s", name, err)
		}
		if len(found) > 0 && !*lenient {
			return unresolved(name, found)
		}
		_, err = p.stdout.Write(out)
		return err
	}
	return c
}

// templateText is what is to be rendered and what to call it.
func (p *program) templateText(file, text string, given bool) (name string, content []byte, err error) {
	switch {
	case given:
		return "the text", []byte(text), nil
	case file == "-":
		content, err = io.ReadAll(io.LimitReader(p.stdin, substitute.MaxBytes+1))
		return "stdin", content, err
	}
	content, err = os.ReadFile(file)
	if err != nil {
		return file, nil, unreadableText(file, err)
	}
	return file, content, nil
}

// rendering gathers the variables, the strongest last.
func (p *program) rendering(c *cobra.Command, r rendering) (*octostache.Variables, error) {
	vars := octostache.NewVariables()
	if err := p.placeVariables(c, r.place, vars); err != nil {
		return nil, err
	}
	for _, file := range r.files {
		if err := variablesFile(file, vars); err != nil {
			return nil, err
		}
	}
	for _, pair := range r.set {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, misuse(c, "--set is NAME=VALUE; got %q", pair)
		}
		vars.Set(strings.TrimSpace(name), value)
	}
	return vars, nil
}

// placeVariables asks the server for a project's values at a place.
func (p *program) placeVariables(c *cobra.Command, at place, vars *octostache.Variables) error {
	if at.project == "" {
		if at != (place{}) {
			return misuse(c, "--environment, --target, --step and --channel belong to a --project")
		}
		return nil
	}
	s, err := p.server()
	if err != nil {
		return err
	}
	return s.valuesAt(c.Context(), at, vars)
}

// valuesAt sets what the server knows; of secrets only that they are there.
func (c *client) valuesAt(ctx context.Context, at place, vars *octostache.Variables) error {
	explained, err := c.explain(ctx, at, "")
	if err != nil {
		return err
	}
	for _, v := range explained.Variables {
		if v.Winner == nil {
			continue
		}
		if v.Winner.Secret != "" {
			vars.SetLate(v.Name)
			continue
		}
		vars.Set(v.Name, v.Winner.Value)
	}
	return nil
}
