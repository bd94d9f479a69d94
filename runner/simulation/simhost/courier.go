package simhost

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
	"slipway/runner/hosts"
)

// Courier reaches the same hosts by messages: they report by themselves.
type Courier struct{ *Hosts }

var _ hosts.Courier = Courier{}

// delivery is how long a message waits for a host that is away.
const delivery = 10 * time.Minute

// Dispatch gives the errand to the transport, which brings it when Faults says.
func (c Courier) Dispatch(ctx context.Context, t hosts.Target, e task.Errand) error {
	host := c.host(t.ID)
	sent, err := carried(e)
	if err != nil {
		return err
	}
	fate := c.settings.Faults.Errand(t.ID, e.Order.ID)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if fate.Throttled {
		return host.unreachable("the transport takes no more messages now")
	}
	for _, after := range fate.Arrives {
		c.settings.Env.Go(func() { host.arrives(sent, after) })
	}
	if len(fate.Arrives) == 0 {
		c.settings.Env.Go(func() {
			c.settings.Env.Sleep(background, delivery)
			host.tell(sent, Undelivered, "the message was not delivered")
		})
	}
	if fate.Muted {
		return fmt.Errorf("the transport does not answer: %w", hosts.ErrUnsure)
	}
	return nil
}

// arrives carries out an errand once its message is there.
func (h *host) arrives(e task.Errand, after time.Duration) {
	env := h.all.settings.Env
	if after > 0 {
		env.Sleep(background, after)
	}
	for deadline := env.Now().Add(delivery); h.away() != ""; {
		if env.Now().After(deadline) {
			h.tell(e, Undelivered, "the message was not delivered: "+h.away())
			return
		}
		env.Sleep(background, silent)
	}
	p := h.begin("errand", e.Order.ID)
	err := p.errand(e)
	declined, ok := errors.AsType[*attempts.DeclinedError](err)
	switch {
	case err == nil:
	case ok && declined.Answer.Busy != "":
		h.tell(e, Busy, err.Error())
	case ok:
		h.tell(e, Refused, err.Error())
	default:
		h.tell(e, Unsure, err.Error())
	}
}

func (p *process) errand(e task.Errand) error {
	defer p.exit()
	rules, err := p.rules()
	if err != nil {
		return err
	}
	err = rules.Errand(background, e)
	p.step("answer")
	if p.dead {
		return errDead
	}
	return err
}

// tell is the transport's word about a message.
func (h *host) tell(e task.Errand, kind Kind, why string) {
	if h.all.settings.Ended != nil {
		h.all.settings.Ended(Ended{Attempt: e.Order.ID, Kind: kind, Message: why, Lost: e.Lost})
	}
}
