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
// stands the attempt, and since when its messages get lost, if they do.
const mark = "slipway "

// Dispatch sends the errand, sealed as a whole.
func (h *Hosts) Dispatch(ctx context.Context, t hosts.Target, e task.Errand) error {
	comment := mark + e.Order.ID
	if !e.Lost.IsZero() {
		comment += fmt.Sprintf(" %d", e.Lost.Unix())
	}
	if len(comment) > 100 {
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
	m := message{script: script, comment: comment, blob: "errands/" + e.Order.ID + "-" + e.Nonce, deliver: delivery, runs: atOnce}
	if e.Order.Package != nil && !e.Stop {
		m.runs = withFetch
	}
	_, err = h.send(ctx, t, m)
	return err
}

// commentOn is the comment of a command that carries no errand.
func commentOn(words ...string) string {
	comment := "slipway: " + strings.Join(words, " ")
	return comment[:min(len(comment), 100)]
}
