// Package oidc asks identity providers by OpenID Connect: where to send people,
// what their answer is worth, and whether a token of a build system is genuine.
//
// It stores nothing and knows no users; whom a token stands for is signin's to
// say. The idea to know is that an issuer is asked only because somebody who
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
	if text = strings.Join(strings.Fields(text), " "); len(text) > 300 {
		return text[:300] + "…"
	}
	return text
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

// Verify checks the ID token of a person: signature, issuer, audience, time,
// and the nonce that we gave on the way.
func (i *Issuers) Verify(ctx context.Context, c Client, token, nonce string) (Claims, error) {
	claims, err := i.VerifyWorkload(ctx, c.Issuer, token)
	switch {
	case err != nil:
		return Claims{}, err
	case !slices.Contains(claims.Audience, c.ID):
		return Claims{}, notGenuine("it was made for another application")
	case nonce == "" || claims.text("nonce") != nonce:
		return Claims{}, notGenuine("it was made for another sign-in")
	}
	if azp := claims.text("azp"); azp != c.ID && (azp != "" || len(claims.Audience) > 1) {
		return Claims{}, notGenuine("it was made for another application")
	}
	return claims, nil
}

// VerifyWorkload checks the token of a build system: signature, issuer and time.
// Its audience is the caller's to judge, who knows which are trusted.
func (i *Issuers) VerifyWorkload(ctx context.Context, issuer, token string) (Claims, error) {
	parsed, err := parse(token)
	if err != nil {
		return Claims{}, err
	}
	if parsed.claims.Issuer != issuer {
		return Claims{}, notGenuine("it is from another issuer")
	}
	if err := parsed.claims.checkTime(i.now()); err != nil {
		return Claims{}, err
	}
	found, err := i.find(ctx, issuer)
	if err != nil {
		return Claims{}, err
	}
	keys, err := i.keys(ctx, found, parsed.header.Key)
	if err != nil {
		return Claims{}, err
	}
	for _, k := range keys {
		if k.signed(parsed) {
			return parsed.claims, nil
		}
	}
	return Claims{}, notGenuine("its signature does not fit the keys of its issuer")
}

func notGenuine(why string) error {
	return pipelines.Refuse(pipelines.Unauthenticated, "the token is not accepted: %s", why)
}
