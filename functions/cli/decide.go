package cli

import (
	"net/http"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

// decideRequest is the body of POST /v1/deployments/{id}/decide.
type decideRequest struct {
	Step   string `json:"step,omitempty"`
	Target string `json:"target,omitempty"`
	Choice string `json:"choice"`
	Note   string `json:"note,omitempty"`
}

func (p *program) decide() *cobra.Command {
	c := verb("decide DEPLOYMENT [retry|ignore|fail]", "Choose what becomes of a step that failed, or of which nobody knows the end", nil)
	c.Long = `Choose what becomes of a step on a host of which nobody knows the end, or that
failed where failures are guided: retry begins another attempt, ignore goes on as
if it had succeeded, fail lets it fail. Without a choice, what waits is listed.`
	step := c.Flags().String("step", "", "the step (needed where several wait)")
	target := c.Flags().String("target", "", "the target (needed where the step waits on several)")
	note := c.Flags().String("note", "", "a note for the record")
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		if len(args) == 1 {
			var d rest.Deployment
			if err := s.get(c.Context(), at("deployments", args[0]), &d); err != nil {
				return err
			}
			if d.Choices == nil {
				d.Choices = []rest.Choice{}
			}
			return p.answer(d.Choices, func() { p.choices(d) })
		}
		in := decideRequest{Step: *step, Target: *target, Choice: args[1], Note: *note}
		if err := s.call(c.Context(), http.MethodPost, at("deployments", args[0], "decide"), in, nil); err != nil {
			return err
		}
		return p.answer(in, func() {
			p.say("%s: %s it is", args[0], args[1])
			p.say("next: slipway status %s", args[0])
		})
	}
	return c
}

// choices lists what waits for a choice, each with the command to type.
func (p *program) choices(d rest.Deployment) {
	if len(d.Choices) == 0 {
		p.say("nothing of %s waits for a choice", d.ID)
		return
	}
	for _, c := range d.Choices {
		p.say("%s", p.ink(undecided(c)))
		p.say("  %s", commandFor(d, c))
	}
}

// undecided says what waits for a choice, and why.
func undecided(c rest.Choice) cell {
	text := c.Step + " on " + c.Target + ": "
	if c.Ask == pipelines.Unknown {
		text += "nobody knows how attempt " + count(c.Attempt) + " ended"
	} else {
		text += "attempt " + count(c.Attempt) + " failed"
	}
	if c.Message != "" {
		text += ": " + oneLine(c.Message)
	}
	return shaped(c.Ask, text)
}

// commandFor is what to type for a choice, with names where there are others.
func commandFor(d rest.Deployment, c rest.Choice) string {
	command := "slipway decide " + d.ID + " retry|ignore|fail"
	if len(d.Choices) > 1 {
		command += " --step " + quoted(c.Step) + " --target " + quoted(c.Target)
	}
	return command
}
