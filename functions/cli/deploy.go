package cli

import (
	"net/http"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

// deployRequest is the body of POST /v1/deployments.
type deployRequest struct {
	Project     string            `json:"project"`
	Release     string            `json:"release"`
	Environment string            `json:"environment"`
	Values      map[string]string `json:"values,omitempty"`
	Comment     string            `json:"comment,omitempty"`
}

func (p *program) deploy() *cobra.Command {
	c := verb("deploy PROJECT RELEASE ENVIRONMENT", "Deploy a release to an environment", nil)
	c.Long = `Deploy a release to an environment.

Variables whose values are asked for at each deployment are given with --value
NAME=VALUE; at a terminal those that are left out are asked for.

With --follow the log is streamed until the deployment ends, and the exit code
is its outcome: 0 succeeded, 1 failed, 3 cancelled, 4 unknown. Stopping the
command does not stop the deployment. With --json each line of output is a
value by itself: {"line": …} for the log, at the end {"deployment": …}.`
	follow := c.Flags().Bool("follow", false, "stream the log; the exit code is the outcome")
	values := c.Flags().StringArray("value", nil, "NAME=VALUE of a variable that is asked for; may be repeated")
	comment := c.Flags().String("comment", "", "a comment, which scripts and mails may read as #{Octopus.Deployment.Comments}")
	c.Flags().SetNormalizeFunc(valueOrVariable)
	c.RunE = func(c *cobra.Command, args []string) error {
		given, err := pairs(c, *values)
		if err != nil {
			return err
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		in := deployRequest{Project: args[0], Release: args[1], Environment: args[2], Values: given, Comment: *comment}
		if isTerminal(p.stdin) && !p.json {
			if err := p.askWhatIsLeft(c.Context(), s, &in); err != nil {
				return err
			}
		}
		var made rest.Deployment
		if err := s.call(c.Context(), http.MethodPost, at("deployments"), in, &made); err != nil {
			return err
		}
		if *follow && p.json {
			return p.follow(c.Context(), s, made.ID)
		}
		if err := p.answer(made, func() { p.begun(made, *follow) }); err != nil || !*follow {
			return err
		}
		return p.follow(c.Context(), s, made.ID)
	}
	return c
}

func (p *program) begun(d rest.Deployment, followed bool) {
	p.say("%s  %s %s to %s  %s", d.ID, d.Project, d.Release, d.Environment, d.Address)
	for _, f := range d.Findings {
		p.say("! %s", oneLine(f.Message))
	}
	if !followed {
		p.say("next: slipway logs %s --follow", d.ID)
	}
}
