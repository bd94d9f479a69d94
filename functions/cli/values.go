package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) values() *cobra.Command {
	c := verb("values DEPLOYMENT", "Say which values a deployment used", nil)
	c.Long = `Say which values DEPLOYMENT was planned with: each variable with the step and the
target it held for, and the texts of the steps as they came out. They never
change, whatever becomes of the project. Secrets are never shown.`
	system := c.Flags().Bool("system", false, "also what Slipway provides")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		var used rest.ValuesUsed
		if err := s.get(ctx, at("deployments", args[0], "values"), &used); err != nil {
			return err
		}
		return p.answer(used, func() { p.valuesUsed(used, *system) })
	})
	return c
}

func (p *program) valuesUsed(used rest.ValuesUsed, system bool) {
	p.say("%s  %s %s to %s, channel %s", used.Deployment, used.Project, used.Release, used.Environment, used.Channel)
	p.say("plan %s", used.Plan)
	for _, name := range slices.Sorted(maps.Keys(used.Given)) {
		p.say("given %s = %s", name, quotedText(used.Given[name]))
	}
	all := used.Variables
	if system {
		all = append(all[:len(all):len(all)], used.System...)
	}
	p.say("")
	if len(all) == 0 {
		p.say("%s had no variables of its own", used.Project)
	} else {
		rows := [][]cell{heading("NAME", "VALUE", "STEP", "TARGET")}
		for _, x := range all {
			rows = append(rows, []cell{plain(oneLine(x.Name)), plain(shownValue(rest.VariableValue{Value: x.Value, Secret: x.Secret})), plain(oneLine(x.Step)), plain(oneLine(x.Target))})
		}
		p.table(rows)
	}
	if len(used.Texts) == 0 {
		return
	}
	p.say("")
	rows := [][]cell{heading("STEP", "TEXT", "AS IT CAME OUT")}
	for _, x := range used.Texts {
		rows = append(rows, []cell{plain(oneLine(x.Step)), plain(oneLine(x.Path)), plain(quotedText(x.Text))})
	}
	p.table(rows)
}
