// Package setup reads settings and builds a server of them: the one place that
// names adapters.
//
// It decides where things are kept and who is reached how, and nothing else:
// below it nobody asks where the program runs.
package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"slipway/pipelines"
	"slipway/runner"
	"slipway/runner/auditkey"
	"slipway/runner/blobs"
	"slipway/runner/bolttable"
	"slipway/runner/catalog"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/hosts/localhosts"
	"slipway/runner/hosts/pretendhosts"
	"slipway/runner/hosts/sshhosts"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/localwake"
	"slipway/runner/mailroom"
	"slipway/runner/polls"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/secrets"
	"slipway/runner/smtpmail"
	"slipway/runner/tableblobs"
	"slipway/runner/tabletimers"
	"slipway/runner/tasklog"
	"slipway/web"
	"slipway/web/credentials"
	"slipway/web/signin"
)

// Settings say how a server runs.
type Settings struct {
	Data     string // the data folder
	Listen   string // address to listen on
	BaseURL  string // where people reach it; "" is made from Listen
	MailFrom string
	SMTP     *smtpmail.Config // nil: mails are kept for reading on a page
	Patience time.Duration    // see runner.Runner
	// Proxies are before the server: what they say of where a request comes from is
	// believed.
	Proxies []netip.Prefix
	Agent   string // an ssh-agent's socket, or ""
	Path    string // PATH for local targets
	Version string
	Log     *slog.Logger
	// Lookup reads the environment, which may say who we are at AWS; nil: nobody.
	Lookup func(string) (string, bool)
}

// DefaultListen is where a server listens if it is not told: a high port, on
// this machine only.
const DefaultListen = "127.0.0.1:8480"

// GarbagePercent is how far a server's memory may grow between two collections, as debug.SetGCPercent takes it. A
// server keeps few megabytes, so at Go's own 100 it would collect every few megabytes, for a third of all work under
// load; at 400 an idle one stays as small as before.
const GarbagePercent = 400

// Server is everything a local server is made of.
type Server struct {
	Records   *records.Records
	Catalog   *catalog.Catalog
	Passwords *credentials.Passwords
	Env       env.Env
	BaseURL   string

	signIn   *signin.SignIn
	mails    *mailroom.Room
	settings Settings
	handler  http.Handler
	table    *bolttable.Table
	lock     *os.File
	overSSH  *sshhosts.Hosts
	wake     *localwake.Wake
	timers   *tabletimers.Timers
	polls    *polls.Polls
}

// Open builds a server on a data folder that Init has made. Nothing runs yet.
func Open(s Settings) (*Server, error) {
	if err := checkFormat(s.Data); err != nil {
		return nil, err
	}
	base, err := baseURL(s)
	if err != nil {
		return nil, err
	}
	lock, err := hold(s.Data)
	if err != nil {
		return nil, err
	}
	if err := writeFormat(s.Data); err != nil {
		lock.Close()
		return nil, err
	}
	server, err := build(s, base)
	if err != nil {
		lock.Close()
		return nil, err
	}
	server.lock = lock
	return server, nil
}

func build(s Settings, base string) (*Server, error) {
	e := env.Env{Now: time.Now, Random: rand.Reader}
	table, err := bolttable.Open(filepath.Join(s.Data, "slipway.db"), e.Now)
	if err != nil {
		return nil, err
	}
	files, err := diskblobs.Open(filepath.Join(s.Data, "blobs"))
	if err != nil {
		return nil, errors.Join(err, table.Close())
	}
	store := tableblobs.New(table, files, tasklog.Below, e.Now)
	keeper, err := keyfilesecrets.Load(filepath.Join(s.Data, "key"), e.Random)
	if err != nil {
		return nil, errors.Join(err, table.Close())
	}
	overSSH := sshhosts.New(sshhosts.Settings{Programs: sshhosts.Carried(own()), AgentSocket: s.Agent})
	reach, err := transports(s, e, overSSH)
	if err != nil {
		return nil, errors.Join(err, table.Close())
	}
	temp, err := emptyFolder(filepath.Join(s.Data, "tmp"))
	if err != nil {
		return nil, errors.Join(err, table.Close())
	}
	p := &parts{
		env: e, records: records.New(table, store), blobs: store, output: tasklog.New(store), sealer: keeper,
		passwords: newPasswords(e), version: s.Version, log: s.Log, proxies: s.Proxies,
	}
	p.signer = &auditkey.Key{Records: p.records, Sealer: keeper, Opener: keeper, Random: e.Random}
	room, held, err := mails(s, p, store, keeper)
	if err != nil {
		return nil, errors.Join(err, table.Close())
	}
	p.feeds = &requests.FeedsHere{
		Records: p.records, Blobs: store, Env: e, TempDir: temp,
		Open: feedOpener{records: p.records, secrets: keeper, objects: localObjects(s)}.open,
	}
	p.records.Troubled = func(doing string, err error) { s.Log.Error(doing, "error", err) }
	run := &runner.Runner{
		Records: p.records, Blobs: store, Output: p.output, Mail: room, Secrets: keeper, Hosts: reach, Env: e, Log: s.Log,
		BaseURL: base, Patience: s.Patience,
	}
	wake := localwake.New(run.Look, p.records.Active, localwake.Options{Log: s.Log})
	nudged := run.Nudged(wake)
	asks := p.requests(nudged, base)
	polled := p.polls(asks)
	timers := tabletimers.New(table, room.Ring(polled.Ring(run.Ring(nudged.Wake))), e.Now, tabletimers.Options{Log: s.Log})
	run.Timers, polled.Timers, room.Timers = timers, timers, timers
	p.arrange = polled.Arrange
	run.Next = asks.Next
	pages := p.web(site{requests: asks, check: run.Check, instructions: run.Instructions, held: held, room: room, data: s.Data, temp: temp, base: base, names: ownNames(), backroom: p.here(keeper, room)})
	return &Server{
		Records: p.records, Catalog: pages.Catalog, Passwords: p.passwords, Env: e, BaseURL: base,
		signIn: pages.SignIn, mails: room, settings: s, handler: web.New(pages), table: table, overSSH: overSSH, wake: wake, timers: timers, polls: polled,
	}, nil
}

// emptyFolder is a folder for files under way; a crash may have left some.
func emptyFolder(dir string) (string, error) {
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.Mkdir(dir, 0o700)
}

// mails is how mails leave: by the server of the flags, else by the one that is
// set on the settings page, else not at all. Without flags there is a box for those
// that are kept.
func mails(s Settings, p *parts, store blobs.Blobs, keeper secrets.Keeper) (*mailroom.Room, *heldmail.Box, error) {
	room := &mailroom.Room{Records: p.records, Secrets: keeper, Env: p.env, Log: p.log}
	if s.SMTP != nil {
		sender, err := smtpmail.New(*s.SMTP)
		if err != nil {
			return nil, nil, err
		}
		room.Fixed = &mailroom.Fixed{Mail: sender, From: s.MailFrom, Server: sender.Config(), Says: "the flags of slipway serve", Kind: mailroom.SMTP}
		return room, nil, nil
	}
	box := heldmail.New(store)
	room.Held, room.HeldFrom = box, s.MailFrom
	return room, box, box.Adopt(context.Background(), filepath.Join(s.Data, "mail"))
}

// own is the running program, "" where the system does not tell.
func own() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}

// transports are all ways to reach hosts from here.
func transports(s Settings, e env.Env, overSSH hosts.Hosts) (map[string]hosts.Hosts, error) {
	local, err := localhosts.New(localhosts.Settings{Executor: []string{own(), "executor"}, Env: []string{"PATH=" + s.Path}})
	if err != nil {
		return nil, err
	}
	return map[string]hosts.Hosts{
		"ssh":     overSSH,
		"local":   local,
		"pretend": pretendhosts.New(pretendhosts.Settings{Dir: filepath.Join(s.Data, "pretend"), Now: e.Now, Pace: 20 * time.Millisecond}),
	}, nil
}

// Serve listens and works until ctx ends, then lets what is under way come to
// a safe place. Ready is called once requests are taken.
func (s *Server) Serve(ctx context.Context, ready func(address string)) error {
	listener, err := net.Listen("tcp", s.settings.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return pipelines.Refuse(pipelines.Unavailable, "%s is taken by another program: stop it, or choose another port with --listen", s.settings.Listen)
	}
	if err != nil {
		return pipelines.Refuse(pipelines.Invalid, "cannot listen on %q (%s): an address is host and port, like %s", s.settings.Listen, err, DefaultListen)
	}
	server := &http.Server{Handler: s.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(s.settings.Log.Handler(), slog.LevelDebug)}
	work, stop := context.WithCancel(ctx)
	defer stop()
	if err := s.polls.Resume(work); err != nil { // feeds are no reason not to start
		s.settings.Log.Error("when feeds are asked could not be arranged", "error", err)
	}
	ended := make(chan error, 3)
	go func() { ended <- s.wake.Run(work) }()
	go func() { ended <- s.timers.Run(work) }()
	go func() { ended <- server.Serve(listener) }()
	ready(listener.Addr().String())
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-ended:
		ended <- nil
	}
	stop()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(closing); err != nil {
		_ = server.Close()
	}
	for range 3 {
		if err := <-ended; err != nil && failure == nil && !errors.Is(err, context.Canceled) && !errors.Is(err, http.ErrServerClosed) {
			failure = err
		}
	}
	return failure
}

// Close gives the data folder free.
func (s *Server) Close() error {
	s.overSSH.Close()
	return errors.Join(s.table.Close(), s.lock.Close())
}

// baseURL is where people reach the server, without a slash at the end.
func baseURL(s Settings) (string, error) {
	if s.BaseURL == "" {
		return "http://" + s.Listen, nil
	}
	u, err := url.Parse(s.BaseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return "", pipelines.Refuse(pipelines.Invalid, "the base URL is a web address, like https://deploy.example.org/slipway; got %q", s.BaseURL)
	}
	return strings.TrimRight(s.BaseURL, "/"), nil
}

func basePath(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Path
}

// hold makes sure that one process at a time works on a data folder.
func hold(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		defer f.Close()
		var pid [20]byte
		n, _ := f.ReadAt(pid[:], 0) // the number is a courtesy; without it the sentence still holds
		return nil, pipelines.Refuse(pipelines.Conflict, "serve (pid %s) holds %s: stop it first", strings.TrimSpace(string(pid[:n])), dir)
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return f, err
}
