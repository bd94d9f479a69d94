// Package oidc asks identity providers by OpenID Connect: where to send people,
// what their answer is worth, and whether a token of a build system is genuine.
//
// It stores nothing and knows no users; whom a token stands for is signin's to
// say. Signatures, keys and discovery are go-oidc's; what is here is what that
// leaves to its callers: who may be asked and how often, what an ID token must
// say beyond its issuer, and words for people. The idea to know is that an issuer is asked only because somebody who
// may configure this server wrote it down: an address that merely stands in a
// token is never asked, so nobody can make the server ask for them.
package oidc

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"slipway/pipelines"
	"slipway/pipelines/excerpt"
)

// answerLimit is how long an issuer may take.
const answerLimit = 10 * time.Second

// CheckIssuer says whether an address may be an issuer's.
func CheckIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(issuer) > 500 || !safeScheme(u) {
		return pipelines.Refuse(pipelines.Invalid, "an issuer is an address with https, like https://login.example.org; got %q", cut(issuer))
	}
	return nil
}

// safeScheme: what travels by http can be changed on the way, but to this machine.
func safeScheme(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && here
}

func cut(text string) string {
	return excerpt.Of(strings.Join(strings.Fields(text), " "), 300)
}

// Client is us, as a provider knows us.
type Client struct {
	Issuer, ID, Secret string
	Redirect           string // the one address a provider may send people back to
	Scopes             []string
}

func (c Client) config(a about) oauth2.Config {
	scopes := []string{"openid"}
	for _, s := range c.Scopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	style := oauth2.AuthStyleInHeader // what every provider must know, where it says nothing else
	if len(a.AuthMethods) > 0 && !slices.Contains(a.AuthMethods, "client_secret_basic") || c.Secret == "" {
		style = oauth2.AuthStyleInParams
	}
	return oauth2.Config{
		ClientID: c.ID, ClientSecret: c.Secret, RedirectURL: c.Redirect, Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: a.Authorization, TokenURL: a.Token, AuthStyle: style},
	}
}

// Address is where to send somebody who wants to sign in.
func (i *Issuers) Address(ctx context.Context, c Client, state, nonce, verifier string) (string, error) {
	found, err := i.find(ctx, c.Issuer)
	if err != nil {
		return "", err
	}
	if found.about.Authorization == "" || found.about.Token == "" {
		return "", pipelines.Refuse(pipelines.Unavailable, "the issuer %s signs nobody in: it names no address for it", c.Issuer)
	}
	config := c.config(found.about)
	return config.AuthCodeURL(state, oauth2.SetAuthURLParam("nonce", nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Redeem trades a code for an ID token, which is not checked yet.
func (i *Issuers) Redeem(ctx context.Context, c Client, code, verifier string) (token string, err error) {
	found, err := i.find(ctx, c.Issuer)
	if err != nil {
		return "", err
	}
	asking, stop := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, found.client), answerLimit)
	defer stop()
	config := c.config(found.about)
	got, err := config.Exchange(asking, code, oauth2.VerifierOption(verifier))
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return "", pipelines.Refuse(pipelines.Unauthenticated, "the identity provider did not accept the sign-in (%s): begin again", safe(refused.ErrorCode))
	}
	if err != nil {
		return "", pipelines.Refuse(pipelines.Unavailable, "the identity provider could not be asked: %s", cut(err.Error()))
	}
	token, ok := got.Extra("id_token").(string)
	if !ok || token == "" {
		return "", pipelines.Refuse(pipelines.Unavailable, "the identity provider sent no ID token: the scope openid must be allowed for us there")
	}
	return token, nil
}

// safe is a code of a provider as it may be shown.
func safe(code string) string {
	if code == "" || len(code) > 60 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return "no reason given"
	}
	return code
}
