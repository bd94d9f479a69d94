package ssmhosts

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// How long AWS may try to hand a command over, and how long its script may run:
// it only sets things off, except where a package is fetched first. AWS adds the
// two before it says that a command could not be delivered.
const (
	delivery  = 10 * time.Minute
	atOnce    = 2 * time.Minute
	withFetch = 10 * time.Minute
)

// mark is how the comment of a command that carries an errand begins; behind it
// stands the attempt.
const mark = "slipway "

// Dispatch sends the errand, sealed as a whole.
func (h *Hosts) Dispatch(ctx context.Context, t hosts.Target, e task.Errand) error {
	if len(mark+e.Order.ID) > 100 {
		return fmt.Errorf("attempt %s: a command's comment holds 100 characters, and this id does not fit", e.Order.ID)
	}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	script, err := h.bootstrap(ctx, t)
	if err != nil {
		return err
	}
	if script.stdin, err = h.seal(t, text); err != nil {
		return err
	}
	script.args, script.attempt, script.quiet = []string{"errand"}, e.Order.ID, true
	m := message{script: script, comment: mark + e.Order.ID, blob: "errands/" + e.Order.ID + "-" + e.Nonce, deliver: delivery, runs: atOnce}
	if e.Order.Package != nil {
		m.runs = withFetch
	}
	_, err = h.send(ctx, t, m)
	return err
}

// Recall sends the wish to end the attempt.
func (h *Hosts) Recall(ctx context.Context, t hosts.Target, attempt string) error {
	script, err := h.bootstrap(ctx, t)
	if err != nil {
		return err
	}
	script.args, script.attempt, script.quiet = []string{"stop", attempt}, attempt, true
	_, err = h.send(ctx, t, message{script: script, comment: commentOn("stop", attempt), deliver: delivery, runs: atOnce})
	return err
}

// commentOn is the comment of a command that carries no errand.
func commentOn(words ...string) string {
	comment := "slipway: " + strings.Join(words, " ")
	return comment[:min(len(comment), 100)]
}
