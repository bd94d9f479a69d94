package cli

import (
	"fmt"
	"net/http"
	"strings"
	"time"

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
	Skip        []string          `json:"skip,omitempty"`
	At          *time.Time        `json:"at,omitempty"`
	Guided      *bool             `json:"guidedFailure,omitempty"`
}

func (p *program) deploy() *cobra.Command {
	c := verb("deploy PROJECT RELEASE ENVIRONMENT", "Deploy a release to an environment", nil)
	c.Long = `Deploy a release to an environment.

Variables whose values are asked for at each deployment are given with --value
NAME=VALUE; at a terminal those that are left out are asked for.

--at waits until a time before it starts; --skip leaves a step out that is not
required; with --guided-failure people decide where a step fails.

With --follow the log is streamed until the deployment ends, and the exit code
is its outcome: 0 succeeded, 1 failed, 3 cancelled, 4 unknown. Stopping the
command does not stop the deployment. With --json each line of output is a
value by itself: {"line": …} for the log, at the end {"deployment": …}.`
	follow := c.Flags().Bool("follow", false, "stream the log; the exit code is the outcome")
	values := c.Flags().StringArray("value", nil, "NAME=VALUE of a variable that is asked for; may be repeated")
	comment := c.Flags().String("comment", "", "a comment, which scripts and mails may read as #{Octopus.Deployment.Comments}")
	skip := c.Flags().StringArray("skip", nil, "a step to leave out; may be repeated")
	start := c.Flags().String("at", "", "when to start: 2026-03-01T22:00:00Z; '2026-03-01 22:00' or 'tomorrow 22:00' by the clock here; +2h, +3d")
	guided := c.Flags().Bool("guided-failure", false, "people decide where a step fails (=false: they do not, whatever the project says)")
	c.Flags().SetNormalizeFunc(valueOrVariable)
	c.RunE = func(c *cobra.Command, args []string) error {
		given, err := pairs(c, *values)
		if err != nil {
			return err
		}
		in := deployRequest{Project: args[0], Release: args[1], Environment: args[2], Values: given, Comment: *comment, Skip: *skip}
		if c.Flags().Changed("guided-failure") {
			in.Guided = guided
		}
		if in.At, err = p.startTime(c, *start); err != nil {
			return err
		}
		s, err := p.server()
		if err != nil {
			return err
		}
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
	if d.NotBefore != nil {
		p.say("starts %s", p.when(*d.NotBefore))
	}
	if len(d.Skip) > 0 {
		p.say("leaves out %s", strings.Join(d.Skip, ", "))
	}
	if !followed {
		p.say("next: %s", strings.Join(nextOf(d), "\nthen: "))
	}
}

// nextOf is what comes next of a deployment that was just ordered: its log, and
// its first sign-off, whichever it meets first.
func nextOf(d rest.Deployment) []string {
	logs := "slipway logs " + d.ID + " --follow"
	for i, s := range d.Steps {
		if !asksPeople(s) || s.Status.Ended() {
			continue
		}
		approve := fmt.Sprintf("slipway approve %s, for %s (%s)", d.ID, asked(s.Teams), s.Name)
		if i == 0 {
			return []string{approve}
		}
		return []string{logs, approve}
	}
	return []string{logs}
}
