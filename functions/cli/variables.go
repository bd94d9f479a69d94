package cli

import (
	"context"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
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
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		at.project = args[0]
		explained, err := s.explain(ctx, at, argument(args, 1, ""))
		if err != nil {
			return err
		}
		return p.answer(explained, func() { p.explained(explained) })
	})
	return c
}

func (p *program) variablesReach() *cobra.Command {
	return verb("reach PROJECT NAME", "Say what changing a variable's values would reach", p.asking(func(ctx context.Context, s *client, args []string) error {
		var out rest.Reach
		if err := s.get(ctx, at("projects", args[0], "variables", args[1], "reach"), &out); err != nil {
			return err
		}
		return p.answer(out, func() { p.reached(out) })
	}))
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

// explained prints what people have defined in full, and what Slipway provides
// as a list; asked for by name, that is told in full, too.
func (p *program) explained(all rest.Explained) {
	where := placeOf(all.Place)
	p.say("%s, %s", all.Project, where)
	var ours []rest.Explanation
	told := 0
	for _, v := range all.Variables {
		if len(all.Variables) > 1 && isOurs(v) {
			ours = append(ours, v)
			continue
		}
		told++
		p.say("")
		p.explainedOne(v)
	}
	if told == 0 {
		p.say("")
		p.say("%s has no variables of its own", all.Project)
	}
	if len(ours) > 0 {
		p.say("")
		p.say("Slipway provides")
		for _, v := range ours {
			p.say("  %s = %s", v.Name, quotedText(v.Winner.Value))
		}
	}
}

func isOurs(v rest.Explanation) bool { return v.Winner != nil && v.Winner.From == rest.FromSlipway }

func (p *program) explainedOne(v rest.Explanation) {
	name := p.ink(cell{v.Name, "1"})
	switch {
	case v.Tie != "":
		p.say("%s: %s, %s", name, p.ink(cell{"tie", "31"}), v.Tie)
	case v.Winner == nil:
		p.say("%s: %s, %s", name, p.ink(cell{"no value here", "33"}), v.Rule)
	default:
		p.say("%s = %s", name, p.ink(cell{shownValue(*v.Winner), "32"}))
		if v.Evaluated != "" {
			p.say("  comes to %s", quotedText(v.Evaluated))
		}
		if v.Problem != "" {
			p.say("  %s %s", p.ink(cell{"fails", "31"}), v.Problem)
		}
		p.say("  wins     %s, %s", v.Winner.Scoped, v.Winner.From)
		p.say("  because  %s", v.Rule)
		if v.Winner.Prompt != nil {
			p.say("  asked    at each deployment; this is what is proposed")
		}
	}
	for _, l := range v.Losers {
		how := "loses"
		if v.Tie != "" && l.Rank == v.Losers[0].Rank {
			how = "ties "
		}
		p.say("  %s    %s, %s, %s: %s", how, shownValue(l), l.Scoped, l.From, l.Why)
	}
	for _, o := range v.Others {
		p.say("  not here %s, %s, %s: %s", shownValue(o), o.Scoped, o.From, o.Why)
	}
}

// placeOf says where values were asked for.
func placeOf(at rest.Place) string {
	var parts []string
	if at.Environment != "" {
		parts = append(parts, "in "+at.Environment)
	}
	for _, kind := range []struct{ word, name string }{{"on target", at.Target}, {"in step", at.Step}} {
		if kind.name != "" {
			parts = append(parts, kind.word+" "+kind.name)
		}
	}
	if at.Channel != "" && at.Channel != pipelines.DefaultChannelName {
		parts = append(parts, "for channel "+at.Channel)
	}
	if len(parts) == 0 {
		return "where no place is known (name one: --environment, --target, --step, --channel)"
	}
	return strings.Join(parts, ", ")
}

func (p *program) reached(r rest.Reach) {
	p.say("%s of %s", p.ink(cell{r.Name, "1"}), r.Project)
	for _, v := range r.Values {
		p.say("")
		p.say("%s, %s, %s", p.ink(cell{shownValue(v.VariableValue), "1"}), v.Scoped, v.From)
		if len(v.Places) == 0 {
			p.say("  wins nowhere: changing it would change nothing")
		}
		for _, at := range v.Places {
			p.say("  %s", reachedPlace(at))
		}
	}
}

func reachedPlace(at rest.ReachedPlace) string {
	where := at.Environment
	if at.Project != "" {
		where = at.Project + ", " + where
	}
	if at.Channel != "" {
		where += ", channel " + at.Channel
	}
	if len(at.Steps) == 0 {
		return where + ": wins, and no text of a step reads it (files in packages may)"
	}
	steps := strings.Join(at.Steps, ", ")
	if len(at.Targets) == 0 {
		return where + ": read by " + steps
	}
	return where + " on " + strings.Join(at.Targets, ", ") + ": read by " + steps
}

// shownValue is a value in one line; of a secret only where it lies.
func shownValue(v rest.VariableValue) string {
	if v.Secret == "" {
		return quotedText(v.Value)
	}
	if name, ok := strings.CutPrefix(v.Secret, pipelines.FromParameter); ok {
		return "●●●● (parameter " + name + ")"
	}
	if name, ok := strings.CutPrefix(v.Secret, pipelines.FromSecretsManager); ok {
		return "●●●● (secret " + name + " of Secrets Manager)"
	}
	return "●●●● (secret " + v.Secret + ")"
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
