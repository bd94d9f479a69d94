package cli

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

// answerRequest is the body of POST /v1/deployments/{id}/answer.
type answerRequest struct {
	Deployment string `json:"deployment"`
	Step       string `json:"step,omitempty"`
	Proceed    bool   `json:"proceed"`
	Note       string `json:"note,omitempty"`
	TakeOver   bool   `json:"takeOver,omitempty"`
}

func (p *program) approve() *cobra.Command {
	return p.signOff("approve", "Approve a deployment that waits for a sign-off", true)
}

func (p *program) reject() *cobra.Command {
	return p.signOff("reject", "Reject a deployment that waits for a sign-off", false)
}

func (p *program) signOff(name, short string, proceed bool) *cobra.Command {
	c := verb(name+" DEPLOYMENT", short, nil)
	step := c.Flags().String("step", "", "the sign-off's step (needed where several wait)")
	note := c.Flags().String("note", "", "a note for the record")
	over := c.Flags().Bool("take-over", false, "decide although somebody else has taken it on; the note says why")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		in := answerRequest{Deployment: args[0], Step: *step, Proceed: proceed, Note: *note, TakeOver: *over}
		if err := s.call(ctx, http.MethodPost, at("deployments", args[0], "answer"), in, nil); err != nil {
			return err
		}
		return p.answer(in, func() {
			p.say("%s %s", args[0], map[bool]string{true: "approved", false: "rejected"}[proceed])
			var d rest.Deployment
			if proceed && s.get(ctx, at("deployments", args[0]), &d) == nil { // who is asked may not see it
				p.missing(d, *step)
			}
			p.say("next: slipway status %s", args[0])
		})
	})
	return c
}

// assignRequest is the body of POST /v1/approvals/{id}/assign.
type assignRequest struct {
	Step     string `json:"step,omitempty"`
	Back     bool   `json:"back,omitempty"`
	TakeOver bool   `json:"takeOver,omitempty"`
	Note     string `json:"note,omitempty"`
}

func (p *program) assign() *cobra.Command {
	c := verb("assign DEPLOYMENT", "Take a sign-off on, so that others see that you are at it, or give it back", nil)
	c.Long = `Take a sign-off on, so that others see that you are at it. One person has it at a
time. To have it is not needed to approve or reject; while somebody has it, others
decide only when they take it over, with a note why.`
	var in assignRequest
	c.Flags().StringVar(&in.Step, "step", "", "the sign-off's step (needed where several wait)")
	c.Flags().StringVar(&in.Note, "note", "", "a note for the record")
	c.Flags().BoolVar(&in.Back, "back", false, "give it back")
	c.Flags().BoolVar(&in.TakeOver, "take-over", false, "take it from whoever has it; the note says why")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		if err := s.call(ctx, http.MethodPost, at("approvals", args[0], "assign"), in, nil); err != nil {
			return err
		}
		return p.answer(in, func() {
			if in.Back {
				p.say("%s is given back", args[0])
				return
			}
			p.say("%s is yours", args[0])
			p.say("next: slipway approve %s, or slipway reject %s", args[0], args[0])
		})
	})
	return c
}

// missing says who else must approve, where one is not enough.
func (p *program) missing(d rest.Deployment, step string) {
	for _, s := range d.Steps {
		open := asksPeople(s) && s.Status == pipelines.Waiting && s.Answer == nil
		if open && s.Needs > len(s.Approved) && (step == "" || pipelines.SameName(s.Name, step)) {
			p.say("%s waits for %d more of %s", s.Name, s.Needs-len(s.Approved), asked(s.Teams))
		}
	}
}

// retryDeployment takes a deployment up again that ended without success.
func (p *program) retryDeployment() *cobra.Command {
	c := verb("retry DEPLOYMENT", "Take a deployment up again that failed or was cancelled; what succeeded stays", nil)
	c.Long = `Take a deployment up again that failed or was cancelled. What succeeded stays as
it is, on each target; everything else that was to run is tried again, under the
plan that the deployment began with.`
	note := c.Flags().String("note", "", "a note for the record")
	follow := c.Flags().Bool("follow", false, "stream the log; the exit code is the outcome")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		in := rest.Cancel{Note: *note}
		if err := s.call(ctx, http.MethodPost, at("deployments", args[0], "retry"), in, nil); err != nil {
			return err
		}
		if *follow {
			return p.follow(ctx, s, args[0])
		}
		return p.answer(in, func() {
			p.say("%s %s", args[0], p.goesOn(ctx, s, args[0]))
			p.say("next: slipway logs %s --follow", args[0])
		})
	})
	return c
}

// goesOn says when a deployment goes on that was taken up again: one that was called
// off before its time keeps that.
func (p *program) goesOn(ctx context.Context, s *client, id string) string {
	var d rest.Deployment
	if err := s.get(ctx, at("deployments", id), &d); err == nil && p.starts(d) != nil {
		return "keeps its time: it starts " + p.when(*d.NotBefore)
	}
	return "goes on"
}

func (p *program) cancel() *cobra.Command {
	c := verb("cancel DEPLOYMENT", "Ask a deployment to stop; asked a second time, it ends at once", nil)
	note := c.Flags().String("note", "", "a note for the record")
	giveUp := c.Flags().Bool("give-up", false, "end a deployment whose stored state cannot be read, and free its place (administrators)")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		in := rest.Cancel{Note: *note, GiveUp: *giveUp}
		if err := s.call(ctx, http.MethodPost, at("deployments", args[0], "cancel"), in, nil); err != nil {
			return err
		}
		var d rest.Deployment
		if err := s.get(ctx, at("deployments", args[0]), &d); err != nil {
			return err
		}
		return p.answer(d, func() {
			p.say("%s", p.ink(shaped(d.Status, d.ID+": "+word(d.Status))))
			p.say("next: slipway status %s", d.ID)
		})
	})
	return c
}
