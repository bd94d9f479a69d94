package setup

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner"
	"slipway/runner/auditkey"
	"slipway/runner/awscalls"
	"slipway/runner/dynamotable"
	"slipway/runner/env"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/hosts/sshhosts"
	"slipway/runner/hosts/ssmhosts"
	"slipway/runner/kept"
	"slipway/runner/kmssecrets"
	"slipway/runner/mailroom"
	"slipway/runner/polls"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/rootsecrets"
	"slipway/runner/s3blobs"
	"slipway/runner/schedulertimers"
	"slipway/runner/secrets"
	"slipway/runner/secretsources"
	"slipway/runner/sesmail"
	"slipway/runner/streamwake"
	"slipway/runner/tasklog"
	"slipway/web"
	"slipway/web/signin"
)

// AWS is one function of a stack: `web`, which takes requests of people, or
// `runner`, which takes events and reaches hosts. Nothing is called while it is
// made, since Lambda waits for it.
type AWS struct {
	role    string
	base    string // "" in the web function: that of the request
	get     func(string) string
	account *awscalls.Account
	parts   *parts
	store   *s3blobs.Blobs
	held    *heldmail.Box
	bills   *bills

	// The runner's.
	runner   *runner.Runner
	requests *requests.Requests
	timers   *schedulertimers.Timers
	overSSM  *ssmhosts.Hosts
	invoke   *invoker
	polls    *polls.Polls
	mails    *mailroom.Room
	backroom backroom
}

// The roles of a function.
const (
	roleWeb    = "web"
	roleRunner = "runner"
)

// OpenAWS reads the environment that the stack's template gives a function.
func OpenAWS(lookup func(string) (string, bool), version string, log *slog.Logger) (*AWS, error) {
	get := func(name string) string { v, _ := lookup(name); return v }
	for _, name := range []string{"SLIPWAY_ROLE", "SLIPWAY_TABLE", "SLIPWAY_BUCKET", "SLIPWAY_RUNNER", "SLIPWAY_SECRETS"} {
		if get(name) == "" {
			return nil, pipelines.Refuse(pipelines.Invalid, "%s is not set: the stack's template sets it, update the stack with the template of this version", name)
		}
	}
	role := get("SLIPWAY_ROLE")
	if role != roleWeb && role != roleRunner {
		return nil, pipelines.Refuse(pipelines.Invalid, "SLIPWAY_ROLE is %q: it is web or runner", role)
	}
	account, err := awscalls.Open(lookup)
	if err != nil {
		return nil, err
	}
	e := env.Env{Now: time.Now, Random: rand.Reader}
	store := s3blobs.New(account.For("S3"), s3blobs.Settings{Bucket: get("SLIPWAY_BUCKET"), Prefix: "store/"})
	table := dynamotable.New(account.For("DYNAMODB"), dynamotable.Settings{Table: get("SLIPWAY_TABLE"), Origin: role, Now: e.Now})
	a := &AWS{
		role: role, base: strings.TrimRight(get("SLIPWAY_BASE_URL"), "/"), get: get, account: account, store: store,
		invoke: newInvoker(account.For("LAMBDA"), get("SLIPWAY_RUNNER")), bills: newBills(get, e.Now),
		parts: &parts{
			env: e, records: records.New(table, store), blobs: store, output: tasklog.New(store), passwords: newPasswords(e),
			version: version, log: log, sources: true,
		},
	}
	a.parts.records.Troubled = func(doing string, err error) { log.Error(doing, "error", err) }
	if locked := get("SLIPWAY_ANCHORS"); locked != "" {
		a.parts.records.Anchors = s3blobs.New(account.For("S3"), s3blobs.Settings{Bucket: locked})
	}
	if get("SLIPWAY_MAIL_FROM") == "" {
		a.held = heldmail.New(store)
	}
	if role == roleRunner {
		return a, a.openRunner()
	}
	a.parts.feeds = remoteFeeds{a.invoke}
	a.parts.arrange = a.arrangePolls
	a.parts.sealer, err = a.sealer()
	a.parts.signer = &auditkey.Key{Records: a.parts.records, Sealer: a.parts.sealer, Random: e.Random, Elsewhere: a.invoke.sign}
	return a, err
}

// keyAt splits the setting that says where the key for secrets is.
func (a *AWS) keyAt() (kind, where string) {
	kind, where, _ = strings.Cut(a.get("SLIPWAY_SECRETS"), ":")
	return kind, where
}

func (a *AWS) sealer() (secrets.Sealer, error) {
	switch kind, where := a.keyAt(); kind {
	case "parameter":
		return rootsecrets.Sealer(a.account.For("SSM"), where, rand.Reader), nil
	case "kms":
		return kmssecrets.NewSealer(a.account.For("KMS"), where), nil
	}
	return nil, a.noKey()
}

func (a *AWS) keeper() (secrets.Keeper, error) {
	switch kind, where := a.keyAt(); kind {
	case "parameter":
		return rootsecrets.Opener(a.account.For("SSM"), where, rand.Reader), nil
	case "kms":
		return kmssecrets.New(a.account.For("KMS"), where), nil
	}
	return nil, a.noKey()
}

func (a *AWS) noKey() error {
	return pipelines.Refuse(pipelines.Invalid, "SLIPWAY_SECRETS is %q: it is parameter:/PREFIX or kms:KEY-ARN", a.get("SLIPWAY_SECRETS"))
}

func (a *AWS) openRunner() error {
	keeper, err := a.keeper()
	if err != nil {
		return err
	}
	p := a.parts
	p.sealer = keeper
	p.signer = &auditkey.Key{Records: p.records, Sealer: keeper, Opener: keeper, Random: rand.Reader}
	p.feeds = &requests.FeedsHere{
		Records: p.records, Blobs: a.store, Env: p.env,
		Open: feedOpener{records: p.records, secrets: keeper, objects: newForeignObjects(a.account.For("S3"))}.open,
	}
	programs := sshhosts.Stored(a.program)
	a.overSSM = ssmhosts.New(a.account.For("SSM"), ssmhosts.Settings{
		Programs: programs, Store: a.store, Random: rand.Reader, Now: p.env.Now, Bucket: a.get("SLIPWAY_BUCKET"),
	})
	a.timers = schedulertimers.New(a.account.For("SCHEDULER"), schedulertimers.Settings{
		Group: a.get("SLIPWAY_SCHEDULE_GROUP"), RoleARN: a.get("SLIPWAY_SCHEDULE_ROLE"), TargetARN: a.get("SLIPWAY_RUNNER_ARN"), Now: p.env.Now,
	})
	sources := secretsources.New(a.account.For("SSM"), a.account.For("SECRETS_MANAGER"))
	a.requests = p.requests(streamwake.Wake{}, a.base)
	a.polls = p.polls(a.requests)
	a.polls.Timers = a.timers
	p.arrange = a.polls.Arrange
	a.mails = a.room(keeper)
	a.backroom = p.here(keeper, a.mails)
	a.runner = &runner.Runner{
		Records: p.records, Blobs: a.store, Output: p.output, Timers: a.timers, Mail: a.mails, Secrets: keeper, Sources: sources.Read,
		Hosts: map[string]hosts.Hosts{"ssm": a.overSSM, "ssh": sshhosts.New(sshhosts.Settings{Programs: programs})},
		Env:   p.env, Log: p.log, BaseURL: a.base, Next: a.requests.Next,
		Brief: &runner.Brief{Attend: a.invoke.attend, Signer: a.store},
	}
	return nil
}

// room is how mails leave: by SES, where the stack names a sender. keeper is nil
// where none are sent: that is the runner's to do.
func (a *AWS) room(keeper secrets.Keeper) *mailroom.Room {
	room := &mailroom.Room{Records: a.parts.records, Secrets: keeper, Env: a.parts.env, Log: a.parts.log}
	if keeper == nil && a.held == nil {
		room.Elsewhere = a.invoke.tryMail
	}
	from := a.get("SLIPWAY_MAIL_FROM")
	room.Fixed = &mailroom.Fixed{Mail: sesmail.New(a.account.For("SESV2"), sesmail.Settings{}), From: from, Says: "the stack's parameter MailFrom", Kind: mailroom.SES}
	if a.held != nil {
		room.Fixed.Mail, room.Fixed.From, room.Fixed.Kind = a.held, "Slipway <slipway@localhost>", mailroom.Held
	}
	if a.timers != nil {
		room.Timers = a.timers
	}
	return room
}

// HTTP is the pages and the API as people reach them at base.
func (a *AWS) HTTP(base string) http.Handler {
	p := a.parts
	// Instructions need what is stored, no host and no secret.
	reads := &runner.Runner{Records: p.records, Blobs: a.store, Env: p.env, Log: p.log}
	handler := web.New(p.web(site{
		requests: p.requests(streamwake.Wake{}, base), check: a.invoke.check, instructions: reads.Instructions,
		held: a.held, room: a.room(nil), data: "table " + a.get("SLIPWAY_TABLE") + ", bucket " + a.get("SLIPWAY_BUCKET"), kept: &remoteKept{Events: kept.Events{Store: keptStore{a.store.Kept()}}, invoke: a.invoke}, base: base,
		backroom: func(*signin.SignIn) signin.Backroom { return remoteBackroom{a.invoke, base} },
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := a.bills.open(r.Context(), "")
		defer stop()
		handler.ServeHTTP(w, r.WithContext(ctx))
	})
}

// keptStore reads the records of failed events.
type keptStore struct{ *s3blobs.Kept }

func (k keptStore) List(ctx context.Context) ([]string, error) {
	all, err := k.Kept.List(ctx)
	keys := make([]string, len(all))
	for i, one := range all {
		keys[i] = one.Key
	}
	return keys, err
}

// remoteKept has events replayed by the runner.
type remoteKept struct {
	kept.Events
	invoke *invoker
}

// Replay implements web.Kept.
func (k *remoteKept) Replay(ctx context.Context, key string) error { return k.invoke.replay(ctx, key) }
