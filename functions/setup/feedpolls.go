package setup

import (
	"context"

	"slipway/runner/polls"
	"slipway/runner/requests"
)

// askPolls has the runner set the timers by which feeds are asked. The web
// function may set none.
const askPolls = "polls"

// polls ask feeds for new versions. Their timers, which ring them, are set by who
// makes both.
func (p *parts) polls(asks *requests.Requests) *polls.Polls {
	return &polls.Polls{Records: p.records, Requests: asks, Env: p.env, Log: p.log}
}

// arrangePolls has the runner arrange them, if there is anything to arrange.
func (a *AWS) arrangePolls(ctx context.Context) error {
	settled, err := polls.Settled(ctx, a.parts.records)
	if err != nil || settled {
		return err
	}
	return a.invoke.call(ctx, ask{Slipway: askPolls}, nil)
}
