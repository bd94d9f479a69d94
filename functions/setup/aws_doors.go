package setup

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner"
	"slipway/runner/blobs"
	"slipway/runner/hosts/ssmhosts"
	"slipway/runner/kept"
	"slipway/runner/requests"
	"slipway/runner/s3blobs"
)

// IsRunner says whether this function takes events.
func (a *AWS) IsRunner() bool { return a.role == roleRunner }

// BaseURL is where people reach the pages, "" where each request says it.
func (a *AWS) BaseURL() string { return a.base }

// Bucket is the one whose events are ours.
func (a *AWS) Bucket() string { return a.get("SLIPWAY_BUCKET") }

// The folder of answers that were too large, which the template empties after a
// day, and how long the address of one can be used.
const (
	answersFolder = "answers/"
	answerLife    = 5 * time.Minute
)

// Aside keeps a download that is too large for an answer, and says where it can be
// read.
func (a *AWS) Aside(ctx context.Context, name string, r io.Reader) (string, error) {
	blob := answersFolder + a.parts.env.NewID() + "/" + strings.TrimRight(pipelines.SafeName(name), ".")
	if _, err := a.store.Put(ctx, blob, r); err != nil {
		return "", err
	}
	get, err := a.store.SignGet(ctx, blob, answerLife)
	return get.URL, err
}

// Turned is told that a deployment has a turn that somebody else has written.
func (a *AWS) Turned(ctx context.Context, deployment string, revision int64) error {
	ctx, stop := a.bills.open(ctx, deployment)
	defer stop()
	return a.runner.Turned(ctx, deployment, revision)
}

// Freed is told that a place is free, or that somebody waits for it.
func (a *AWS) Freed(ctx context.Context, projectID, environmentID string) error {
	ctx, stop := a.bills.open(ctx, "")
	defer stop()
	return a.runner.Freed(ctx, projectID, environmentID)
}

// Reported is told that a host has put a report.
func (a *AWS) Reported(ctx context.Context, blob string) error {
	ctx, stop := a.bills.open(ctx, runner.DeploymentOf(blob))
	defer stop()
	return a.runner.Reported(ctx, blob)
}

// Arrived is told of a package that people have put into the bucket.
func (a *AWS) Arrived(ctx context.Context, what requests.Arrival) error {
	ctx, stop := a.bills.open(ctx, "")
	defer stop()
	out, err := a.requests.Arrive(ctx, bucket{a.store.Arrivals()}, what)
	if err == nil {
		a.parts.log.Info("arrival", "key", what.Key, "outcome", out.Outcome, "why", out.Why)
	}
	return err
}

// bucket is where arrivals lie.
type bucket struct{ arrivals *s3blobs.Arrivals }

// Open implements requests.Bucket.
func (b bucket) Open(ctx context.Context, key, version string) (requests.Object, error) {
	object, err := b.arrivals.Open(ctx, key, version)
	if err != nil {
		return nil, err // not a nil pointer in an interface
	}
	return object, nil
}

// Copy implements requests.Bucket.
func (b bucket) Copy(ctx context.Context, from requests.Object, name, sha256 string) (blobs.Info, error) {
	return b.arrivals.Copy(ctx, from.(*s3blobs.Object), name, sha256)
}

// CommandEnded is told that SSM is done with a command of ours that did not
// succeed. What it means for the attempt, SSM's own record of it tells.
func (a *AWS) CommandEnded(ctx context.Context, command, instance, _ string) error {
	ctx, stop := a.bills.open(ctx, "")
	defer stop()
	out, err := a.overSSM.Ended(ctx, command, instance)
	if err != nil || out.Attempt == "" {
		return err
	}
	switch out.Kind {
	case ssmhosts.Refused:
		return a.runner.Refused(ctx, out.Attempt, out.Message)
	case ssmhosts.Busy:
		return a.runner.Again(ctx, out.Attempt)
	}
	return a.runner.Undelivered(ctx, out.Attempt, out.Lost, out.Message)
}

// Rang is told of a timer that is due; event is as the timer was set.
func (a *AWS) Rang(ctx context.Context, event []byte) error {
	var about struct{ Payload []byte }
	var of struct{ Deployment string }
	if json.Unmarshal(event, &about) == nil {
		_ = json.Unmarshal(about.Payload, &of) // a timer that is none of ours is refused below
	}
	ctx, stop := a.bills.open(ctx, of.Deployment)
	defer stop()
	return a.timers.Ring(ctx, event, a.mails.Ring(a.polls.Ring(a.runner.Ring(nil))))
}

// Own carries out what another part of us asks for. replay handles an event as
// if it came from outside.
func (a *AWS) Own(ctx context.Context, name string, payload []byte, replay kept.Handle) (any, error) {
	var in ask
	if err := json.Unmarshal(payload, &in); err != nil {
		return nil, pipelines.Refuse(pipelines.Invalid, "the call %s cannot be read: %s", name, err)
	}
	switch name {
	case askLook:
		ctx, stop := a.bills.open(ctx, in.Deployment)
		defer stop()
		return nil, a.runner.Look(ctx, in.Deployment)
	case askCheck:
		return a.checked(ctx, in.Target)
	case askFeed:
		return a.feedAsked(ctx, in.Question)
	case askSignIn:
		return a.signInAsked(ctx, in.SignIn)
	case askMail:
		return a.mailTried(ctx, in.TestMail)
	case askPolls:
		return nil, a.polls.Arrange(ctx)
	case askReplay:
		events := &kept.Events{Store: keptStore{a.store.Kept()}, Handle: replay}
		return nil, events.Replay(ctx, in.Event)
	case askFirstAdmin:
		link, err := a.firstAdmin(ctx)
		return map[string]string{"link": link}, err
	case askRecover:
		return a.recovered(ctx, in.User)
	case askSign:
		return a.parts.signer.Sign(ctx, in.Sign)
	}
	return nil, pipelines.Refuse(pipelines.Invalid, "the runner has no call %q; it has %s, %s, %s, %s, %s, %s, %s, %s, %s and %s", name, askLook, askCheck, askFeed, askSignIn, askMail, askPolls, askReplay, askFirstAdmin, askRecover, askSign)
}
