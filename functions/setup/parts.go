package setup

import (
	"context"
	"log/slog"
	"net/netip"
	"runtime"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/blobs"
	"slipway/runner/catalog"
	"slipway/runner/env"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/mailroom"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/secrets"
	"slipway/runner/tasklog"
	"slipway/runner/views"
	"slipway/runner/wake"
	"slipway/web"
	"slipway/web/credentials"
)

// parts are what every form of a server is made of, whatever it stands on.
type parts struct {
	env       env.Env
	records   *records.Records
	blobs     blobs.Blobs
	output    *tasklog.Log
	sealer    secrets.Sealer
	signer    requests.Signer // of exports of the audit log
	passwords *credentials.Passwords
	version   string
	log       *slog.Logger
	// proxies are those whose word about addresses is believed.
	proxies []netip.Prefix
	// feeds ask feeds; see feeds.go.
	feeds requests.Feeds
	// sources says whether variables may point to a parameter or secret of AWS.
	sources bool
	// arrange sets the times at which feeds are asked, once configuration changes.
	arrange func(context.Context) error
}

func (p *parts) requests(wake wake.Wake, base string) *requests.Requests {
	return &requests.Requests{Records: p.records, Blobs: p.blobs, Wake: wake, Types: steps.Types(), Env: p.env, BaseURL: base, Sources: p.sources, Feeds: p.feeds, Signer: p.signer}
}

func (p *parts) catalog() *catalog.Catalog {
	return &catalog.Catalog{Records: p.records, Types: steps.Types(), Env: p.env, Sealer: p.sealer, HashPassword: p.passwords.Hash, Arrange: p.arrange}
}

// site is what the web half needs beside the parts.
type site struct {
	requests     *requests.Requests
	check        func(context.Context, pipelines.Target) (hosts.Facts, error)
	instructions func(context.Context, records.Loaded, int) (string, error)
	held         *heldmail.Box
	room         *mailroom.Room
	data         string
	kept         web.Kept
	backroom     backroom
	temp         string
	base         string
	names        []string // what this machine is called; nil where something before us goes by names
}

func (p *parts) web(s site) web.Settings {
	return web.Settings{
		Requests: s.requests, Catalog: p.catalog(), Views: &views.Views{Records: p.records, Output: p.output, Env: p.env},
		SignIn:      p.signIn(s.base, s.backroom),
		CheckTarget: s.check, Instructions: s.instructions, HeldMail: s.held, MailRoom: s.room, DataIn: s.data, Kept: s.kept,
		TempDir: s.temp, BaseURL: s.base, OwnNames: s.names, Version: p.version, Now: p.env.Now, Log: p.log,
	}
}

func newPasswords(e env.Env) *credentials.Passwords {
	return credentials.NewPasswords(e.Random, runtime.NumCPU())
}
