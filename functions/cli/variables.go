package cli

import (
	"context"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) variables() *cobra.Command {
	return group("variables", "Which value a variable has, where, and why", p.variablesExplain(), p.variablesReach())
}

func (p *program) variablesExplain() *cobra.Command {
	c := verb("explain PROJECT [NAME]", "Say which value wins at a place, over which others, and by which rule", nil)
	c.Long = `Say which value each variable of PROJECT, or the one called NAME, has at a place:
the value that wins, those it wins over, those that do not apply, and why.
Secrets are never shown.`
	var at place
	at.flags(c)
	c.Flags().Lookup("project").Hidden = true
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		at.project = args[0]
		explained, err := s.explain(c.Context(), at, argument(args, 1, ""))
		if err != nil {
			return err
		}
		return p.answer(explained, func() { p.explained(explained) })
	}
	return c
}

func (p *program) variablesReach() *cobra.Command {
	return verb("reach PROJECT NAME", "Say what changing a variable's values would reach", func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		var out rest.Reach
		if err := s.get(c.Context(), at("projects", args[0], "variables", args[1], "reach"), &out); err != nil {
			return err
		}
		return p.answer(out, func() { p.reached(out) })
	})
}

// explain asks for the variables at a place; name "" is all of them.
func (c *client) explain(ctx context.Context, w place, name string) (rest.Explained, error) {
	query := url.Values{}
	for key, value := range map[string]string{"environment": w.environment, "target": w.target, "step": w.step, "channel": w.channel, "name": name} {
		if value != "" {
			query.Set(key, value)
		}
	}
	var out rest.Explained
	return out, c.get(ctx, at("projects", w.project, "variables")+"?"+query.Encode(), &out)
}

func (p *program) explained(all rest.Explained) {
	if len(all.Variables) == 0 {
		p.say("%s has no variables", all.Project)
	}
	for i, v := range all.Variables {
		if i > 0 {
			p.say("")
		}
		p.say("%s", p.ink(cell{v.Name, "1"}))
		switch {
		case v.Tie != "":
			p.say("  %s %s", p.ink(cell{"tie", "31"}), v.Tie)
		case v.Winner == nil:
			p.say("  %s %s", p.ink(cell{"no value", "33"}), v.Rule)
		default:
			p.say("  = %s", p.ink(cell{shownValue(*v.Winner), "32"}))
			if v.Evaluated != "" {
				p.say("    which is %s", quotedText(v.Evaluated))
			}
			p.say("    %s, from %s: %s", v.Winner.Scoped, v.Winner.From, v.Rule)
		}
		for _, l := range v.Losers {
			p.say("  < %s  (%s, from %s): %s", shownValue(l), l.Scoped, l.From, l.Why)
		}
		for _, o := range v.Others {
			p.say("  - %s  (%s, from %s): %s", shownValue(o), o.Scoped, o.From, o.Why)
		}
	}
}

func (p *program) reached(r rest.Reach) {
	for i, v := range r.Values {
		if i > 0 {
			p.say("")
		}
		p.say("%s  (%s, from %s)", p.ink(cell{shownValue(v.VariableValue), "1"}), v.Scoped, v.From)
		if len(v.Places) == 0 {
			p.say("  wins nowhere: nothing would change")
		}
		for _, at := range v.Places {
			where := at.Environment
			if at.Project != "" {
				where = at.Project + ", " + where
			}
			targets, steps := "no target", "read by no step"
			if len(at.Targets) > 0 {
				targets = strings.Join(at.Targets, ", ")
			}
			if len(at.Steps) > 0 {
				steps = "read by " + strings.Join(at.Steps, ", ")
			}
			p.say("  %s: %s; %s", where, targets, steps)
		}
	}
}

// shownValue is a value in one line; of a secret its name.
func shownValue(v rest.VariableValue) string {
	if v.Secret != "" {
		return "●●●●●●●● (secret " + v.Secret + ")"
	}
	return quotedText(v.Value)
}

// quotedText is a value as it fits a line.
func quotedText(text string) string {
	const most = 100
	text = oneLine(text)
	if len([]rune(text)) > most {
		text = string([]rune(text)[:most]) + "…"
	}
	return `"` + text + `"`
}
