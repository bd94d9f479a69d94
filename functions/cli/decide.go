package cli

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

// decideRequest is the body of POST /v1/deployments/{id}/decide.
type decideRequest struct {
	Step    string `json:"step,omitempty"`
	Target  string `json:"target,omitempty"`
	Attempt int    `json:"attempt,omitempty"`
	Choice  string `json:"choice"`
	Note    string `json:"note,omitempty"`
}

func (p *program) decide() *cobra.Command {
	c := verb("decide DEPLOYMENT [CHOICE]", "Choose what becomes of a step that failed, or of which nobody knows the end", nil)
	c.Long = `Choose what becomes of a step on a host of which nobody knows the end, or that
failed where failures are guided: retry begins another attempt, ignore goes on as
if it had succeeded, fail lets it fail. Without a choice, what waits is listed.

With --all the choice is made for everything that waits, or for all of it that
--step or --target name.`
	c.Example = `  slipway decide Deployments-14
  slipway decide Deployments-14 retry --step "Deploy web app" --target web-2
  slipway decide Deployments-14 ignore --all --note "looked at each host"`
	var in decideRequest
	c.Flags().StringVar(&in.Step, "step", "", "the step (needed where several wait)")
	c.Flags().StringVar(&in.Target, "target", "", "the target (needed where the step waits on several)")
	c.Flags().IntVar(&in.Attempt, "attempt", 0, "only if it is still this attempt that waits; the newest otherwise")
	c.Flags().StringVar(&in.Note, "note", "", "a note for the record")
	all := c.Flags().Bool("all", false, "the same choice for everything that waits")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case *all && len(args) == 1:
			return misuse(c, "CHOICE is missing: --all makes one for everything that waits")
		case *all && in.Attempt != 0:
			return misuse(c, "--attempt is about one attempt, --all about several")
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		if len(args) == 1 {
			return p.listChoices(c.Context(), s, args[0])
		}
		in.Choice = args[1]
		if *all {
			return p.decideAll(c.Context(), s, args[0], in)
		}
		return p.decideOne(c.Context(), s, args[0], in)
	}
	return c
}

// decideOne sends the choice with the attempt that waited when we looked: if that
// is past when it arrives, the server says so. Who may choose but not look names
// what they mean.
func (p *program) decideOne(ctx context.Context, s *client, id string, in decideRequest) error {
	var d rest.Deployment
	var about rest.Choice
	if s.get(ctx, at("deployments", id), &d) == nil {
		if fit := in.fitting(d.Choices); len(fit) == 1 {
			about = fit[0]
			if in.Attempt == 0 {
				in.Attempt = about.Attempt
			}
		}
	}
	if err := s.call(ctx, http.MethodPost, at("deployments", id, "decide"), in, nil); err != nil {
		return err
	}
	return p.answer(in, func() {
		if about.Step == "" {
			p.say("%s goes on with your choice: %s", id, in.Choice)
		} else {
			p.say("%s", decided(about, in.Choice))
		}
		p.say("next: slipway status %s", id)
	})
}

// decideAll lists what waits and makes the same choice for each. What somebody
// else has chosen meanwhile does not keep it from the rest.
func (p *program) decideAll(ctx context.Context, s *client, id string, in decideRequest) error {
	var d rest.Deployment
	if err := s.get(ctx, at("deployments", id), &d); err != nil {
		return err
	}
	fit := in.fitting(d.Choices)
	if len(fit) == 0 {
		return pipelines.Refuse(pipelines.Conflict, "nothing of %s waits for such a choice: `slipway decide %s` lists what does", id, id)
	}
	if !p.json {
		for _, c := range fit {
			p.say("%s", p.ink(undecided(c)))
		}
	}
	var made []decideRequest
	var done []rest.Choice
	var refused error
	for _, c := range fit {
		one := in
		one.Step, one.Target, one.Attempt = c.Step, c.Target, c.Attempt
		if err := s.call(ctx, http.MethodPost, at("deployments", id, "decide"), one, nil); err != nil {
			if pipelines.CodeOf(err) != pipelines.Conflict {
				return err
			}
			refused = err
			continue
		}
		made, done = append(made, one), append(done, c)
	}
	if made == nil && refused != nil {
		return refused
	}
	if err := p.answer(made, func() {
		for _, c := range done {
			p.say("%s", decided(c, in.Choice))
		}
		p.say("next: slipway status %s", id)
	}); err != nil {
		return err
	}
	return refused
}

// fitting are the choices that the names in the request allow.
func (in decideRequest) fitting(all []rest.Choice) []rest.Choice {
	var out []rest.Choice
	for _, c := range all {
		if (in.Step == "" || pipelines.SameName(in.Step, c.Step)) && (in.Target == "" || pipelines.SameName(in.Target, c.Target)) {
			out = append(out, c)
		}
	}
	return out
}

// decided says what a choice has made of an attempt.
func decided(c rest.Choice, choice string) string {
	what := c.Step + " on " + c.Target
	switch {
	case choice == "retry":
		return what + " is tried again"
	case choice == "ignore":
		return what + " counts as succeeded, with a warning"
	case c.Ask == pipelines.Unknown:
		return what + " stays unknown, which counts as a failure"
	}
	return what + " has failed"
}

func (p *program) listChoices(ctx context.Context, s *client, id string) error {
	var d rest.Deployment
	if err := s.get(ctx, at("deployments", id), &d); err != nil {
		return err
	}
	if d.Choices == nil {
		d.Choices = []rest.Choice{}
	}
	return p.answer(d.Choices, func() { p.choices(d) })
}

// choices lists what waits for a choice, each with the command to type.
func (p *program) choices(d rest.Deployment) {
	if len(d.Choices) == 0 {
		p.say("nothing of %s waits for a choice", d.ID)
		return
	}
	unknown := false
	for _, c := range d.Choices {
		p.say("%s", p.ink(undecided(c)))
		p.say("  %s", commandFor(d, c))
		unknown = unknown || c.Ask == pipelines.Unknown
	}
	if unknown {
		p.say("%s", lookFirst)
	}
	if len(d.Choices) > 1 {
		p.say("all of them alike: slipway decide %s CHOICE --all", d.ID)
	}
}

// lookFirst is the advice where nobody knows how an attempt ended.
const lookFirst = "look at the host first: the step may have done its work there, or may run still"

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
	command := "slipway decide " + d.ID + " CHOICE"
	if len(d.Choices) > 1 {
		command += " --step " + quoted(c.Step) + " --target " + quoted(c.Target)
	}
	return command + "  (retry, ignore or fail)"
}
