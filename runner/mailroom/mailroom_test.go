package mailroom_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/heldmail"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/mail"
	"slipway/runner/mailroom"
	"slipway/runner/records"
	"slipway/runner/smtpmail"
	"slipway/runner/tabletimers"
)

// server is a mail server that behaves as a test says, also between two mails.
type server struct {
	mu    sync.Mutex
	does  func(at string) error // at: greet, from, rcpt, data
	mails []string              // their Message-IDs
	hang  chan struct{}
}

func (s *server) now(does func(string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.does = does
}

func (s *server) at(where string) error {
	s.mu.Lock()
	does := s.does
	s.mu.Unlock()
	if does == nil {
		return nil
	}
	return does(where)
}

func (s *server) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

type session struct{ *server }

func (s session) Mail(string, *smtp.MailOptions) error { return s.at("from") }
func (s session) Rcpt(string, *smtp.RcptOptions) error { return s.at("rcpt") }
func (s session) Reset()                               {}
func (s session) Logout() error                        { return nil }

func (s session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.at("data"); err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(text), "Message-ID: <")
	id, _, _ := strings.Cut(rest, ">")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, id)
	return nil
}

// kit is a room over a real store and a real mail server.
type kit struct {
	t        *testing.T
	room     *mailroom.Room
	records  *records.Records
	timers   *tabletimers.Timers
	server   *server
	port     int
	srv      *smtp.Server
	listener net.Listener
	mu       sync.Mutex
	clock    time.Time
}

func (k *kit) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.clock
}

func (k *kit) later(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.clock = k.clock.Add(d)
}

func newKit(t *testing.T) *kit {
	t.Helper()
	dir := t.TempDir()
	k := &kit{t: t, clock: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC), server: &server{hang: make(chan struct{})}}
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), k.now)
	must(t, err)
	t.Cleanup(func() { must(t, table.Close()) })
	blobs, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	keeper, err := keyfilesecrets.Create(filepath.Join(dir, "key"), rand.Reader)
	must(t, err)
	k.records = records.New(table, blobs)
	k.room = &mailroom.Room{
		Records: k.records, Secrets: keeper, Env: env.Env{Now: k.now, Random: rand.Reader}, Log: slog.New(slog.DiscardHandler),
		Held: heldmail.New(blobs), HeldFrom: "held@example.org", Base: smtpmail.Config{Timeout: 300 * time.Millisecond},
	}
	k.timers = tabletimers.New(table, k.room.Ring(nil), k.now, tabletimers.Options{})
	k.room.Timers = k.timers
	k.up()
	return k
}

// up lets the mail server listen, at the port it had before.
func (k *kit) up() {
	k.t.Helper()
	address := "127.0.0.1:0"
	if k.port > 0 {
		address = net.JoinHostPort("127.0.0.1", itoa(k.port))
	}
	listener, err := net.Listen("tcp", address)
	must(k.t, err)
	k.port = listener.Addr().(*net.TCPAddr).Port
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session{k.server}, k.server.at("greet") }))
	srv.Domain, srv.ErrorLog = "mail.example.org", log.New(io.Discard, "", 0)
	go srv.Serve(listener)
	k.srv, k.listener = srv, listener
	k.t.Cleanup(k.down)
}

// down has nobody listen, also where the server had not yet begun to.
func (k *kit) down() {
	k.srv.Close()
	_ = k.listener.Close()
}

// set makes the server the one that is stored.
func (k *kit) set() {
	k.t.Helper()
	_, revision, err := k.records.MailServer(k.t.Context())
	must(k.t, err)
	must(k.t, k.records.Write(k.t.Context(), records.SetMailServer(records.MailServer{Host: "127.0.0.1", Port: k.port, Security: "plain", From: "deploy@example.org", FromName: "Slipway"}, revision)))
}

// ring rings the timers that are due, as the running program does.
func (k *kit) ring(key string) {
	k.t.Helper()
	must(k.t, k.room.Ring(nil)(k.t.Context(), "mail-later/"+key, nil))
}

func (k *kit) waits() []records.MailWait {
	k.t.Helper()
	all, err := k.records.MailWaits(k.t.Context())
	must(k.t, err)
	return mailroom.Waiting(all, k.now())
}

func (k *kit) failures() []records.MailFailure {
	k.t.Helper()
	all, err := k.records.MailFailures(k.t.Context(), 0)
	must(k.t, err)
	return all
}

func (k *kit) message(id string) mail.Message {
	return mail.Message{ID: id, To: []string{"ada@example.org"}, Subject: "status of " + id, Text: "hello", Date: k.now(), Deployment: "Deployments-1", Step: "Notify", Keep: true}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

var (
	greylisted = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, try again later"}
	refused    = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "we do not want this"}
)

func TestMailsLeaveByWhatIsSetAtThisMoment(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	m := k.message("a")
	must(t, k.room.Send(t.Context(), m))
	kept, err := k.room.Held.(*heldmail.Box).Get(t.Context(), heldmail.Key("a"))
	must(t, err)
	if kept.From != "held@example.org" {
		t.Errorf("kept from %q", kept.From)
	}
	k.set()
	must(t, k.room.Send(t.Context(), k.message("b")))
	if got := k.server.got(); !slices.Equal(got, []string{"b@example.org"}) {
		t.Errorf("the server got %v", got)
	}
	if len(k.waits()) != 0 || len(k.failures()) != 0 {
		t.Errorf("waiting %v, failed %v", k.waits(), k.failures())
	}
}

// TestOutages has a mail server that is away or in a mood, then itself again: each
// mail goes out once.
func TestOutages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		begin, end func(*kit)
		why        string
	}{
		"down":      {(*kit).down, (*kit).up, "nobody listens"},
		"greylists": {func(k *kit) { k.server.now(func(at string) error { return when(at == "rcpt", greylisted) }) }, well, "greylisted"},
		"busy":      {func(k *kit) { k.server.now(func(at string) error { return when(at == "greet", greylisted) }) }, well, "greylisted"},
		"full":      {func(k *kit) { k.server.now(func(at string) error { return when(at == "data", greylisted) }) }, well, "greylisted"},
		"hangs": {func(k *kit) {
			k.server.now(func(at string) error {
				if at == "from" {
					<-k.server.hang
				}
				return nil
			})
		}, func(k *kit) { close(k.server.hang); well(k) }, "did not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			k.set()
			c.begin(k)
			for range 3 { // a deployment tries a few times
				if err := k.room.Send(t.Context(), k.message("a")); !errors.Is(err, mail.ErrTryAgain) {
					t.Fatalf("Send() = %v, want ErrTryAgain", err)
				}
			}
			waits := k.waits()
			if len(waits) != 1 || waits[0].Tries != 3 || waits[0].Kept == nil || !strings.Contains(waits[0].Why, c.why) || waits[0].Deployment != "Deployments-1" {
				t.Fatalf("waiting: %+v, want one mail, tried 3 times, because %q", waits, c.why)
			}
			k.later(3 * time.Minute)
			k.ring(waits[0].Key)
			if again := k.waits(); len(again) != 1 || again[0].Tries != 4 || !again[0].Next.After(k.now()) {
				t.Fatalf("waiting: %+v, want it tried once more and a time for the next", again)
			}
			c.end(k)
			k.later(time.Hour)
			for range 2 { // a timer may ring twice
				k.ring(waits[0].Key)
			}
			if got := k.server.got(); !slices.Equal(got, []string{"a@example.org"}) {
				t.Errorf("the server got %v, want the mail once", got)
			}
			late, err := k.records.MailsLate(t.Context(), "Deployments-1")
			must(t, err)
			if len(k.waits()) != 0 || len(late) != 1 || !late[0].Sent || late[0].Step != "Notify" {
				t.Errorf("waiting %+v, late %+v", k.waits(), late)
			}
		})
	}
}

func when(is bool, err error) error {
	if is {
		return err
	}
	return nil
}

func well(k *kit) { k.server.now(nil) }

// TestCutInTheMiddle has a server that takes a mail and cannot say so: what is sent
// again is the same mail, by which a mailbox knows it.
func TestCutInTheMiddle(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.set()
	took := false
	k.server.now(func(at string) error {
		if at == "data" && !took {
			took = true
			k.server.mu.Lock()
			k.server.mails = append(k.server.mails, "a@example.org")
			k.server.mu.Unlock()
			return &smtp.SMTPError{Code: 421, Message: "closing"}
		}
		return nil
	})
	if err := k.room.Send(t.Context(), k.message("a")); !errors.Is(err, mail.ErrTryAgain) {
		t.Fatalf("Send() = %v, want ErrTryAgain", err)
	}
	must(t, k.room.Send(t.Context(), k.message("a")))
	if got := k.server.got(); len(got) != 2 || got[0] != got[1] {
		t.Errorf("the server got %v, want one Message-ID", got)
	}
	if len(k.waits()) != 0 {
		t.Errorf("waiting: %+v", k.waits())
	}
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.set()
	k.server.now(func(at string) error { return when(at == "rcpt", refused) })
	for i := range 25 {
		k.later(time.Second)
		err := k.room.Send(t.Context(), k.message("a"+itoa(i+1)))
		if _, ok := errors.AsType[*mail.RefusedError](err); !ok {
			t.Fatalf("Send() = %v, want it refused", err)
		}
	}
	all := k.failures()
	if len(k.waits()) != 0 || len(all) != 20 || all[0].Subject != "status of a25" || !strings.Contains(all[0].Why, "we do not want this") {
		t.Errorf("waiting %v, failures %+v", k.waits(), all)
	}
}

// A mail that takes the place of one that did not go out takes it off the list.
func TestSentAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.set()
	invitation := func(id, topic string) error {
		k.later(time.Second)
		m := k.message(id)
		m.Topic = topic
		return k.room.Send(t.Context(), m)
	}
	k.server.now(func(at string) error { return when(at == "rcpt", refused) })
	for i, topic := range []string{"invitation of Users-1", "invitation of Users-2"} {
		if invitation("a"+itoa(i), topic) == nil {
			t.Fatal("the server takes what it refuses")
		}
	}
	k.server.now(func(string) error { return nil })
	must(t, invitation("again", "invitation of Users-1"))
	if got := k.failures(); len(got) != 1 || got[0].Subject != "status of a1" {
		t.Errorf("not delivered: %+v, want the one that was not sent again", got)
	}
}

func TestGivenUpAfterTwoDays(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.set()
	k.down()
	_ = k.room.Send(t.Context(), k.message("a"))
	w := k.waits()[0]
	tries := 0
	for len(k.waits()) > 0 && tries < 200 {
		k.later(k.waits()[0].Next.Sub(k.now()))
		k.ring(w.Key)
		tries++
	}
	if tries < 40 || tries > 80 || len(k.failures()) != 1 {
		t.Errorf("%d tries in two days, failures %+v", tries, k.failures())
	}
	late, err := k.records.MailsLate(t.Context(), "Deployments-1")
	must(t, err)
	if len(late) != 1 || !late[0].GivenUp {
		t.Errorf("late: %+v", late)
	}
}

// Who asks people tries by themselves; what they stop trying waits no more.
func TestWhatOthersTryIsOnlyCounted(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.set()
	k.down()
	for _, id := range []string{"ask-1", "ask-2"} { // a new link is another mail about the same
		m := k.message(id)
		m.Keep, m.Topic = false, "ask/Deployments-1/0/0/Users-2"
		_ = k.room.Send(t.Context(), m)
	}
	if w := k.waits(); len(w) != 1 || w[0].Kept != nil || w[0].Tries != 2 {
		t.Fatalf("waiting: %+v", w)
	}
	k.later(16 * time.Minute)
	if w := k.waits(); len(w) != 0 {
		t.Errorf("waiting: %+v, want nothing that nobody tries", w)
	}
}

func TestTryTellsWhatWasSaid(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.set()
	tried, err := k.room.Try(t.Context(), "ada@example.org", "Ada")
	must(t, err)
	if tried.Error != "" || tried.Kind != mailroom.SMTP || len(tried.Lines) < 8 {
		t.Errorf("Try() = %+v", tried)
	}
	k.server.now(func(at string) error { return when(at == "rcpt", refused) })
	tried, err = k.room.Try(t.Context(), "ada@example.org", "Ada")
	must(t, err)
	if !strings.Contains(tried.Error, "we do not want this") {
		t.Errorf("Try() = %+v", tried)
	}
	if last := tried.Lines[len(tried.Lines)-1]; last.Who != smtpmail.Server || !strings.Contains(last.Text, "we do not want this") {
		t.Errorf("the conversation ends with %+v, want the server's refusal", last)
	}
	k.down()
	tried, err = k.room.Try(t.Context(), "ada@example.org", "Ada")
	must(t, err)
	if !strings.Contains(tried.Error, "nobody listens") || len(k.waits()) != 0 {
		t.Errorf("Try() = %+v, waiting %v", tried, k.waits())
	}
}

// answers is a way out that answers once, as an API does.
type answers struct {
	heldmail.Box
	answer string
	err    error
	got    mail.Message
}

func (a *answers) Try(_ context.Context, m mail.Message) (string, error) {
	a.got = m
	return a.answer, a.err
}

func TestTryTellsWhatAnAPIAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer string
		err    error
		lines  int
	}{{"MessageId 1", nil, 2}, {"MessageRejected: no", errors.New("the sandbox"), 2}, {"", errors.New("away"), 1}} {
		k := newKit(t)
		out := &answers{answer: c.answer, err: c.err}
		k.room.Fixed = &mailroom.Fixed{Mail: out, From: "slipway@example.org", Kind: mailroom.SES, Says: "the stack"}
		tried, err := k.room.Try(t.Context(), "ada@example.org", "Ada")
		must(t, err)
		if tried.Kind != mailroom.SES || tried.From != "slipway@example.org" || len(tried.Lines) != c.lines || (tried.Error != "") != (c.err != nil) {
			t.Errorf("Try() = %+v", tried)
		}
		if last := tried.Lines[len(tried.Lines)-1]; c.answer != "" && (last.Who != smtpmail.Server || last.Text != c.answer) {
			t.Errorf("the last line is %+v, want %q", last, c.answer)
		}
		if !slices.Equal(out.got.To, []string{"ada@example.org"}) || !strings.Contains(out.got.Text, "Ada sent it") {
			t.Errorf("the mail is %+v", out.got)
		}
	}
}

// TestAnotherProcessTries where mails are its to send.
func TestAnotherProcessTries(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.room.Elsewhere = func(_ context.Context, to, by string) (mailroom.Tried, error) {
		return mailroom.Tried{Kind: mailroom.SES, To: to, From: by}, nil
	}
	tried, err := k.room.Try(t.Context(), "ada@example.org", "Ada")
	if err != nil || tried.To != "ada@example.org" || tried.From != "Ada" {
		t.Errorf("Try() = %+v, %v", tried, err)
	}
}

// TestALongMailIsKept: 400 KB of text, which a server that is away must not lose.
func TestALongMailIsKept(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.set()
	k.down()
	m := k.message("long")
	for i := range 20_000 {
		m.Text += "line " + itoa(i) + " of a long log\n"
	}
	if err := k.room.Send(t.Context(), m); !errors.Is(err, mail.ErrTryAgain) {
		t.Fatalf("Send() = %v, want ErrTryAgain", err)
	}
	waits := k.waits()
	if len(waits) != 1 || waits[0].Kept == nil {
		t.Fatalf("waiting: %+v, want one that is kept", waits)
	}
	k.up()
	k.later(time.Hour)
	k.ring(waits[0].Key)
	if got := k.server.got(); len(got) != 1 || len(k.waits()) != 0 {
		t.Errorf("the server got %v, and %d wait", got, len(k.waits()))
	}
}
