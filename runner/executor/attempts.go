package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
	"slipway/runner/executor/signed"
)

// host lends the rules about attempts what this process can do.
func (c *call) host() *attempts.Host {
	return &attempts.Host{
		Ledger: c.ledger, Now: c.now, Sleep: sleep,
		Spawn: c.spawn, LastWords: lastWords,
		Fetch: c.fetch, SpawnReporter: c.spawnReporter,
		Post: post, Final: final, Expires: signed.Expires,
		Log: func(text string) { fmt.Fprintln(c.stderr, text) },
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func post(ctx context.Context, form task.Form, name string, body []byte, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return signed.Post(ctx, form, name, body)
}

func final(err error) bool {
	_, refused := errors.AsType[*signed.RefusedError](err)
	return refused
}
