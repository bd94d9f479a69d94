package cli

import (
	"net/http"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

// answerRequest is the body of POST /v1/deployments/{id}/answer.
type answerRequest struct {
	Deployment string `json:"deployment"`
	Step       string `json:"step,omitempty"`
	Proceed    bool   `json:"proceed"`
	Note       string `json:"note,omitempty"`
}

func (p *program) approve() *cobra.Command {
	return p.decide("approve", "Approve a deployment that waits for a sign-off", true)
}

func (p *program) reject() *cobra.Command {
	return p.decide("reject", "Reject a deployment that waits for a sign-off", false)
}

func (p *program) decide(name, short string, proceed bool) *cobra.Command {
	c := verb(name+" DEPLOYMENT", short, nil)
	step := c.Flags().String("step", "", "the sign-off's step (needed where several wait)")
	note := c.Flags().String("note", "", "a note for the record")
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		in := answerRequest{Deployment: args[0], Step: *step, Proceed: proceed, Note: *note}
		if err := s.call(c.Context(), http.MethodPost, at("deployments", args[0], "answer"), in, nil); err != nil {
			return err
		}
		return p.answer(in, func() {
			p.say("%s %s", args[0], map[bool]string{true: "approved", false: "rejected"}[proceed])
			p.say("next: slipway status %s", args[0])
		})
	}
	return c
}

func (p *program) cancel() *cobra.Command {
	c := verb("cancel DEPLOYMENT", "Ask a deployment to stop; asked a second time, it ends at once", nil)
	note := c.Flags().String("note", "", "a note for the record")
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		in := struct {
			Note string `json:"note,omitempty"`
		}{*note}
		if err := s.call(c.Context(), http.MethodPost, at("deployments", args[0], "cancel"), in, nil); err != nil {
			return err
		}
		var d rest.Deployment
		if err := s.get(c.Context(), at("deployments", args[0]), &d); err != nil {
			return err
		}
		return p.answer(d, func() {
			p.say("%s", p.ink(shaped(d.Status, d.ID+": "+word(d.Status))))
			p.say("next: slipway status %s", d.ID)
		})
	}
	return c
}
