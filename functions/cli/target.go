package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) target() *cobra.Command {
	return group("target", "Add, check and list the machines we deploy to",
		p.targetAdd(), p.targetCheck(), p.targetList(), p.targetRemove())
}

func (p *program) targetList() *cobra.Command {
	return verb("list", "List targets", listing(p, at("targets"), "there is no target yet: slipway target add NAME --ssh USER@HOST --role ROLE --environment ENVIRONMENT --key SECRET (or --ssm INSTANCE)", func(all []rest.Target) {
		rows := [][]cell{heading("TARGET", "ADDRESS", "ENVIRONMENTS", "ROLES")}
		for _, t := range all {
			name := t.Name
			if t.Disabled {
				name += " (disabled)"
			}
			rows = append(rows, []cell{plain(name), plain(t.Address), plain(orDash(t.Environments)), plain(orDash(t.Roles))})
		}
		p.table(rows)
	}))
}

func (p *program) targetRemove() *cobra.Command {
	return p.removal("target", "Remove a target; nothing changes on the machine")
}

func (p *program) targetCheck() *cobra.Command {
	c := verb("check NAME", "Contact a target and say what is there and what is missing", nil)
	c.Long = `Contact a target and say what is there and what is missing, one line a finding.
Ends with 1 when the target cannot be reached or lacks a tool; commands that
password-less sudo refuses are told, but only some steps need them.`
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		var found rest.Check
		if err := s.call(ctx, http.MethodPost, at("targets", args[0], "check"), nil, &found); err != nil {
			return err
		}
		if err := p.answer(found, func() { p.checked(found) }); err != nil {
			return err
		}
		if !found.Reachable || len(found.Missing) > 0 {
			return exit(codeFailed)
		}
		return nil
	})
	return c
}

// checked prints what a check found, one line a finding.
func (p *program) checked(found rest.Check) {
	rows := [][]cell{}
	row := func(s pipelines.Status, name, text string) {
		rows = append(rows, []cell{shaped(s, name), plain(text)})
	}
	if !found.Reachable {
		row(pipelines.Failed, "reachable", oneLine(found.Problem))
	} else {
		row(pipelines.Succeeded, "system", strings.TrimSpace(found.System+" ("+found.OS+"/"+found.Arch+")"))
		row(pipelines.Succeeded, "shell", found.Shell)
		row(pipelines.Succeeded, "home", found.Home)
		row(pipelines.Succeeded, "disk", bytesOf(found.FreeBytes)+" free")
	}
	p.hostKeys(found, row)
	for _, text := range found.Missing {
		row(pipelines.Failed, "missing", text)
	}
	for _, command := range found.NoSudo {
		row(pipelines.Waiting, "sudo", "no password-less sudo for "+command)
	}
	if found.Reachable && len(found.NoSudo) == 0 && found.OS != "windows" {
		row(pipelines.Succeeded, "sudo", "password-less for all commands that steps use")
	}
	p.table(rows)
}

func (p *program) hostKeys(found rest.Check, row func(pipelines.Status, string, string)) {
	for _, key := range found.Pinned {
		row(pipelines.Succeeded, "pinned key", fingerprintOf(key))
	}
	if found.HostKey == "" {
		return
	}
	for _, key := range found.Pinned {
		if sameKey(key, found.HostKey) {
			return
		}
	}
	row(pipelines.Failed, "presented key", fingerprintOf(found.HostKey)+", which is not pinned: "+found.HostKey)
}
