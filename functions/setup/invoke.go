package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"slipway/pipelines"
	"slipway/runner/hosts"
	"slipway/runner/mailroom"
)

// What one function asks of the runner, by name.
const (
	askLook       = "look"
	askCheck      = "check"
	askReplay     = "replay"
	askFirstAdmin = "first-admin"
	askRecover    = "recover"
	askMail       = "test-mail"
	askSign       = "sign-export"
)

// ask is such a call.
type ask struct {
	Slipway    string `json:"slipway"`
	Deployment string `json:"deployment,omitempty"`
	Target     string `json:"target,omitempty"` // by id
	User       string `json:"user,omitempty"`   // by name
	Event      string `json:"event,omitempty"`
	// Question is one for a feed.
	Question *feedQuestion `json:"question,omitempty"`
	// TestMail is one: to whom, and who wants it.
	TestMail *mailQuestion `json:"testMail,omitempty"`
	// SignIn is about somebody who signs in.
	SignIn *signInQuestion `json:"signIn,omitempty"`
	// Sign is the last line of an export of the audit log.
	Sign []byte `json:"sign,omitempty"`
}

type mailQuestion struct {
	To string `json:"to"`
	By string `json:"by"`
}

// invoker calls the runner function.
type invoker struct {
	client   *lambda.Client
	function string
}

func newInvoker(cfg aws.Config, function string) *invoker {
	return &invoker{lambda.NewFromConfig(cfg), function}
}

// attend has a deployment looked at by a call that may last.
func (i *invoker) attend(ctx context.Context, deployment string) error {
	payload, err := json.Marshal(ask{Slipway: askLook, Deployment: deployment})
	if err != nil {
		return err
	}
	_, err = i.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &i.function, InvocationType: types.InvocationTypeEvent, Payload: payload})
	return err
}

// call asks and waits for the answer.
func (i *invoker) call(ctx context.Context, what ask, answer any) error {
	payload, err := json.Marshal(what)
	if err != nil {
		return err
	}
	out, err := i.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &i.function, Payload: payload})
	if err != nil {
		return err
	}
	if out.FunctionError != nil {
		return functionError(out.Payload)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(out.Payload, answer)
}

// functionError is the runner's refusal as it was there.
func functionError(payload []byte) error {
	var failure struct{ ErrorMessage, ErrorType string }
	if err := json.Unmarshal(payload, &failure); err != nil {
		return fmt.Errorf("the runner function failed: %.400q", payload)
	}
	switch code := pipelines.Code(failure.ErrorType); code {
	case pipelines.Invalid, pipelines.NotFound, pipelines.Conflict, pipelines.Forbidden, pipelines.Unauthenticated, pipelines.Unavailable:
		return &pipelines.Error{Code: code, Message: failure.ErrorMessage}
	}
	return errors.New("the runner function failed: " + failure.ErrorMessage)
}

func (i *invoker) replay(ctx context.Context, event string) error {
	return i.call(ctx, ask{Slipway: askReplay, Event: event}, nil)
}

// sign has the runner sign the last line of an export: the key is a secret.
func (i *invoker) sign(ctx context.Context, message []byte) (signature []byte, err error) {
	return signature, i.call(ctx, ask{Slipway: askSign, Sign: message}, &signature)
}

// tryMail has the runner send a test mail: this function may send none.
func (i *invoker) tryMail(ctx context.Context, to, by string) (mailroom.Tried, error) {
	var out mailroom.Tried
	return out, i.call(ctx, ask{Slipway: askMail, TestMail: &mailQuestion{to, by}}, &out)
}

// mailTried answers it.
func (a *AWS) mailTried(ctx context.Context, q *mailQuestion) (mailroom.Tried, error) {
	if q == nil {
		return mailroom.Tried{}, pipelines.Refuse(pipelines.Invalid, "the call %s does not say to whom", askMail)
	}
	return a.mails.Try(ctx, q.To, q.By)
}

// checkedTarget is the answer to a check: facts, or who is not trusted.
type checkedTarget struct {
	Facts     hosts.Facts           `json:"facts"`
	Untrusted *hosts.UntrustedError `json:"untrusted,omitempty"`
	Failure   string                `json:"failure,omitempty"`
}

// check has the runner contact a target: this function may not.
func (i *invoker) check(ctx context.Context, t pipelines.Target) (hosts.Facts, error) {
	var out checkedTarget
	if err := i.call(ctx, ask{Slipway: askCheck, Target: t.ID}, &out); err != nil {
		return hosts.Facts{}, err
	}
	switch {
	case out.Untrusted != nil:
		return out.Facts, out.Untrusted
	case out.Failure != "":
		return out.Facts, errors.New(out.Failure)
	}
	return out.Facts, nil
}

// checked answers it.
func (a *AWS) checked(ctx context.Context, id string) (checkedTarget, error) {
	stored, err := a.parts.records.Target(ctx, id)
	if err != nil {
		return checkedTarget{}, err
	}
	facts, err := a.runner.Check(ctx, stored.Noun)
	out := checkedTarget{Facts: facts}
	if untrusted, ok := errors.AsType[*hosts.UntrustedError](err); ok {
		out.Untrusted = untrusted
	} else if err != nil {
		out.Failure = err.Error()
	}
	return out, nil
}
