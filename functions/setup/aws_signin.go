package setup

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"slipway/pipelines"
	"slipway/runner/mail"
)

// askSignIn has the runner do what signing in takes of secrets and mails: the web
// function may open no secret.
const askSignIn = "sign-in"

// signInQuestion names rows and holds what somebody typed; no secret is in the
// question or the answer.
type signInQuestion struct {
	Do       string        `json:"do"`
	User     string        `json:"user,omitempty"`
	Provider string        `json:"provider,omitempty"`
	Redirect string        `json:"redirect,omitempty"`
	Code     string        `json:"code,omitempty"`
	Verifier string        `json:"verifier,omitempty"`
	Mail     *mail.Message `json:"mail,omitempty"`
	Name     string        `json:"name,omitempty"`
	From     string        `json:"from,omitempty"`
	Base     string        `json:"base,omitempty"`
}

type signInAnswer struct {
	Step  int64  `json:"step,omitempty"`
	OK    bool   `json:"ok,omitempty"`
	Token string `json:"token,omitempty"`
}

// What the runner is asked to do.
const (
	doFactor    = "factor"
	doRedeem    = "redeem"
	doMail      = "mail"
	doForgotten = "forgotten"
)

// remoteBackroom is the web function's.
type remoteBackroom struct {
	invoke *invoker
	base   string
}

func (b remoteBackroom) ask(ctx context.Context, q signInQuestion) (signInAnswer, error) {
	var out signInAnswer
	err := b.invoke.call(ctx, ask{Slipway: askSignIn, SignIn: &q}, &out)
	return out, err
}

// FactorStep implements signin.Backroom.
func (b remoteBackroom) FactorStep(ctx context.Context, userID, code string) (int64, bool, error) {
	out, err := b.ask(ctx, signInQuestion{Do: doFactor, User: userID, Code: code})
	return out.Step, out.OK, err
}

// Redeem implements signin.Backroom.
func (b remoteBackroom) Redeem(ctx context.Context, providerID, redirect, code, verifier string) (string, error) {
	out, err := b.ask(ctx, signInQuestion{Do: doRedeem, Provider: providerID, Redirect: redirect, Code: code, Verifier: verifier})
	return out.Token, err
}

// Send implements signin.Backroom.
func (b remoteBackroom) Send(ctx context.Context, m mail.Message) error {
	_, err := b.ask(ctx, signInQuestion{Do: doMail, Mail: &m})
	return err
}

// Forgotten implements signin.Backroom: the runner is told and nobody waits.
func (b remoteBackroom) Forgotten(ctx context.Context, name, from string) error {
	payload, err := json.Marshal(ask{Slipway: askSignIn, SignIn: &signInQuestion{Do: doForgotten, Name: name, From: from, Base: b.base}})
	if err != nil {
		return err
	}
	_, err = b.invoke.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &b.invoke.function, InvocationType: types.InvocationTypeEvent, Payload: payload})
	return err
}

// signInAsked answers, in the runner.
func (a *AWS) signInAsked(ctx context.Context, q *signInQuestion) (out signInAnswer, err error) {
	if q == nil {
		return out, pipelines.Refuse(pipelines.Invalid, "the call %s asks nothing", askSignIn)
	}
	s := a.parts.signIn(q.Base, a.backroom)
	switch q.Do {
	case doFactor:
		out.Step, out.OK, err = s.Backroom.FactorStep(ctx, q.User, q.Code)
	case doRedeem:
		out.Token, err = s.Backroom.Redeem(ctx, q.Provider, q.Redirect, q.Code, q.Verifier)
	case doMail:
		if q.Mail == nil {
			return out, pipelines.Refuse(pipelines.Invalid, "the call %s brings no mail", askSignIn)
		}
		err = s.Backroom.Send(ctx, *q.Mail)
	case doForgotten:
		err = s.MailReset(ctx, q.Name, q.From)
	default:
		err = pipelines.Refuse(pipelines.Invalid, "the call %s does not know %q", askSignIn, q.Do)
	}
	return out, err
}
