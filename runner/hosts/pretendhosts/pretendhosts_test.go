package pretendhosts

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/nacl/box"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
)

func TestSuiteInMemory(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		return fixture(New(Settings{Now: time.Now}), "")
	})
}

func TestSuiteInFolder(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		dir := t.TempDir()
		f := fixture(New(Settings{Now: time.Now, Dir: dir}), "")
		f.Again = func(*testing.T) hosts.Hosts { return New(Settings{Now: time.Now, Dir: dir}) }
		return f
	})
}

func TestSuiteInTheTargetsFolder(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		dir := t.TempDir()
		f := fixture(New(Settings{Now: time.Now}), dir)
		f.Again = func(*testing.T) hosts.Hosts { return New(Settings{Now: time.Now}) }
		return f
	})
}

func fixture(h *Hosts, address string) hoststest.Fixture {
	target := hosts.Target{ID: "web-1", Name: "Web 1", Transport: "pretend", Address: address}
	return hoststest.Fixture{
		Hosts: h, Target: target,
		Payloads: func(t *testing.T, attempt string) int { return count(t, h, target, attempt) },
		Cut: func(t *testing.T) func() {
			if err := h.Fault(target, Fault{Unreachable: true}); err != nil {
				t.Error(err)
			}
			return func() { h.Fault(target, Fault{}) }
		},
	}
}

func count(t *testing.T, h *Hosts, target hosts.Target, attempt string) int {
	t.Helper()
	ids, err := h.Payloads(target)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, id := range ids {
		if id == attempt {
			n++
		}
	}
	return n
}

var web = hosts.Target{ID: "web-1", Name: "Web 1"}

func order(id, body string) task.Order {
	settings, _ := json.Marshal(task.Script{Syntax: "bash", Body: body})
	return task.Order{Format: task.Format, ID: id, Target: web.ID, Step: "Deploy", Environment: "Test", Work: task.Work{Kind: task.KindScript, Settings: settings}}
}

// hear attaches and gives back all texts and the end.
func hear(ctx context.Context, h *Hosts, target hosts.Target, id string, since int64) (texts []string, end *task.End, err error) {
	err = h.Attach(ctx, target, id, since, func(r task.Report) error {
		for _, line := range r.Lines {
			texts = append(texts, line.Text)
		}
		end = r.End
		return nil
	})
	return texts, end, err
}

func TestAttemptGoesOnWhileNobodyLives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	before := New(Settings{Now: clock, Dir: dir})
	if err := before.Start(t.Context(), web, order("a1", "echo one\nsleep 1h\necho two\noutput N=1\n")); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour)
	after := New(Settings{Now: clock, Dir: dir})
	texts, end, err := hear(t.Context(), after, web, "a1", 1)
	if err != nil || fmt.Sprint(texts) != "[two]" || end.Outcome != task.Succeeded || end.Outputs["N"] != "1" {
		t.Fatalf("got %q, %+v, %v", texts, end, err)
	}
	if want := now.Add(-time.Hour); !end.At.Equal(want) {
		t.Errorf("ended at %s, want %s", end.At, want)
	}
	if n := count(t, after, web, "a1"); n != 1 {
		t.Errorf("payload ran %d times", n)
	}
}

func TestKillBetweenLedgerAndPayloadLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := New(Settings{Now: time.Now, Dir: dir})
	if err := h.Start(t.Context(), web, order("a1", "echo one\n")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "web-1", "payload.log")); err != nil {
		t.Fatal(err)
	}
	again := New(Settings{Now: time.Now, Dir: dir})
	if err := again.Start(t.Context(), web, order("a1", "echo one\n")); err != nil {
		t.Fatal(err)
	}
	if n := count(t, again, web, "a1"); n != 1 {
		t.Errorf("payload ran %d times, want 1", n)
	}
}

func TestTwoServersOnOneFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var all sync.WaitGroup
	var begun, busy sync.Map
	for i := range 8 {
		h := New(Settings{Now: time.Now, Dir: dir})
		all.Go(func() {
			id := fmt.Sprintf("a%d", i)
			err := h.Start(t.Context(), web, order(id, "sleep 1h\n"))
			if b, ok := errors.AsType[*hosts.BusyError](err); ok {
				busy.Store(b.Attempt, true)
			} else if err == nil {
				begun.Store(id, true)
			} else {
				t.Error(err)
			}
		})
	}
	all.Wait()
	size := func(m *sync.Map) (n int) { m.Range(func(any, any) bool { n++; return true }); return n }
	if size(&begun) != 1 || size(&busy) != 1 {
		t.Errorf("%d began and %d were named as holder, want 1 and 1", size(&begun), size(&busy))
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body, texts, end string
	}{
		{"echo a\nerr b\necho 'c d'", "a|b|c d", "succeeded 0 "},
		{"exit 3\necho no", "", "failed 3 script ended with exit code 3"},
		{"echo yes\nexit\necho no", "yes", "succeeded 0 "},
		{"if true; then\n  systemctl restart x\nfi", "if true; then|systemctl restart x|fi", "succeeded 0 "},
		{"# comment\n#!/bin/bash\n\necho #hash", "#hash", "succeeded 0 "},
		{"sleep soon\nexit now\nseq many", "sleep soon|exit now|seq many", "succeeded 0 "},
		{"echo a\ndie\necho b", "a", "unknown 0 the host was restarted while the payload ran: look there what it has done, then say how the task ended"},
		{"echo a\nsleep 2h\necho b", "a", "failed 0 stopped after its timeout of 1h0m0s"},
	} {
		o := order("a1", c.body)
		o.Timeout = task.Duration(time.Hour)
		r := play("web-1", machine{}, &o, time.Unix(0, 0), 0)
		var texts []string
		for _, line := range r.lines {
			texts = append(texts, line.Text)
		}
		end := fmt.Sprintf("%s %d %s", r.end.Outcome, r.end.ExitCode, r.end.Message)
		if got := strings.Join(texts, "|"); got != c.texts || end != c.end {
			t.Errorf("play %q:\n got %q, %s\nwant %q, %s", c.body, got, end, c.texts, c.end)
		}
	}
}

func TestValuesAndSecrets(t *testing.T) {
	t.Parallel()
	h := New(Settings{Now: time.Now})
	facts, err := h.Ready(t.Context(), web)
	if err != nil {
		t.Fatal(err)
	}
	o := order("a1", "echo #{Greeting} and #{Password}\noutput Where=#{Octopus.Action.Package.InstallationDirectoryPath}")
	o.Variables = []task.Variable{{Name: "Greeting", Value: "#{Word}!"}, {Name: "Word", Value: "hello"}, {Name: "Password", Secret: true}}
	if o.Sealed, err = box.SealAnonymous(nil, []byte(`{"Password":"swordfish"}`), (*[32]byte)(facts.ExecutorKey), rand.Reader); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*task.Order)
		want   string
	}{
		{"unknown name", func(o *task.Order) {}, "failed [] script body uses #{Octopus.Action.Package.InstallationDirectoryPath}, which has no value here: define it for this environment or correct the name map[]"},
		{"secret masked", func(o *task.Order) {
			o.Variables = append(o.Variables, task.Variable{Name: "Octopus.Action.Package.InstallationDirectoryPath", Value: "/srv"})
		}, "succeeded [hello! and ********]  map[Where:/srv]"},
		{"secret not brought", func(o *task.Order) { o.Sealed = nil }, "failed [] script body: the order names the secret Password but does not bring it map[]"},
		{"sealed to another", func(o *task.Order) { o.Target, o.Sealed = "web-1", append([]byte{1}, o.Sealed...) }, "sealed to another key"},
		{"nginx", func(o *task.Order) {
			o.Package = &task.Package{ID: "RandomQuotes", Version: "1.0.7", FileName: "RandomQuotes.1.0.7.nupkg", Size: 7}
			o.Work.Kind = task.KindNginx
			o.Work.Settings, _ = json.Marshal(task.Nginx{
				Name: "quotes", Bindings: []task.NginxBinding{{Protocol: "http", Port: "80#{Word | Substring 0 1 | Replace h 81}"}},
				Locations:    []task.NginxLocation{{Path: "/", Proxy: "http://unix:#{Octopus.Action[Deploy].Output.Package.InstallationDirectoryPath}/sock"}},
				Installation: task.Installation{Scripts: task.Scripts{PostDeploy: "if [ -d '#{Octopus.Action.Package.InstallationDirectoryPath}' ]; then\n  exit 7\nfi"}},
				Services:     []string{"quotes.service"},
			})
		}, "succeeded [unpack RandomQuotes.1.0.7.nupkg (7 bytes) into /home/Octopus/Applications/Test/RandomQuotes/1.0.7" +
			"|quotes listens on http port 8081|NGINX accepts the configuration and has reloaded it|run the post-deployment script" +
			"|if [ -d '/home/Octopus/Applications/Test/RandomQuotes/1.0.7' ]; then|  exit 7|fi|quotes.service is active]  " +
			"map[Package.InstallationDirectoryPath:/home/Octopus/Applications/Test/RandomQuotes/1.0.7]"},
		{"iis", func(o *task.Order) {
			o.Package = &task.Package{ID: "RandomQuotes", Version: "1.0.7", FileName: "RandomQuotes.1.0.7.nupkg", Size: 7}
			o.Work.Kind = task.KindIIS
			o.Work.Settings, _ = json.Marshal(task.IIS{
				Site: &task.IISSite{
					Name: "Quotes-#{Word}", Pool: task.IISPool{Name: "Pool-#{Word}"},
					Bindings: []task.IISBinding{{Protocol: "http", Port: "80#{Word | Substring 0 1 | Replace h 81}"}},
				},
				VirtualDirectory: &task.IISVirtualDirectory{Site: "Shop", Path: "/#{Word}"},
			})
		}, "(`slipway target add NAME --pretend … --platform windows`) to see what IIS is told|unpack RandomQuotes.1.0.7.nupkg (7 bytes) into /home/Octopus/Applications/Test/RandomQuotes/1.0.7" +
			"|virtual directory Shop/hello is there|site Quotes-hello has the binding http *:8081:|site Quotes-hello runs in the pool Pool-hello and serves the new folder]"},
	} {
		o := o
		c.change(&o)
		r := play(web.ID, machine{}, &o, time.Unix(0, 0), 0)
		var texts []string
		for _, line := range r.lines {
			texts = append(texts, line.Text)
		}
		got := fmt.Sprintf("%s [%s] %s %v", r.end.Outcome, strings.Join(texts, "|"), r.end.Message, r.end.Outputs)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// A secret is text, whatever it looks like, and no message shows a piece of it.
func TestSecretIsNoTemplate(t *testing.T) {
	t.Parallel()
	h := New(Settings{Now: time.Now})
	facts, err := h.Ready(t.Context(), web)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := box.SealAnonymous(nil, []byte(`{"P":"Rotated%Value#{x}9","Longer":"Rotated%Value#{x}99"}`), (*[32]byte)(facts.ExecutorKey), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		`echo "#{Derived}"`:                   "succeeded [user:********@h] ",
		`echo #{Longer}`:                      "succeeded [********] ",
		`echo #{P | Replace "(" a}`:           "failed []",
		`echo #{Nobody | Append "#{P}"}`:      "failed []",
		`echo #{Nobody[Rotated%Value##{x}9]}`: "failed []",
	} {
		o := order("a1", body)
		o.Variables = []task.Variable{{Name: "P", Secret: true}, {Name: "Longer", Secret: true}, {Name: "Derived", Value: "user:#{P}@h"}}
		o.Sealed = sealed
		r := play(web.ID, machine{}, &o, time.Unix(0, 0), 0)
		var texts []string
		for _, line := range r.lines {
			texts = append(texts, line.Text)
		}
		got := fmt.Sprintf("%s %v %s", r.end.Outcome, texts, r.end.Message)
		if !strings.HasPrefix(got, want) || strings.Contains(got, "Rotated%Value#{x}9") {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want)
		}
	}
	p := player{masks: strings.NewReplacer("swordfish", "********")}
	p.fail("it is %s", "swordfish")
	if p.end.Message != "it is ********" {
		t.Errorf("fail says %q", p.end.Message)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := New(Settings{Now: time.Now, Pace: time.Second})
		ctx := t.Context()
		h.Fault(web, Fault{LoseAnswer: true})
		if err := h.Start(ctx, web, order("a1", "seq 1 10\n")); !errors.Is(err, hosts.ErrUnreachable) {
			t.Errorf("Start with a lost answer: %v", err)
		}
		h.Fault(web, Fault{DropAfter: 4, Drops: 2})
		var all []string
		drops := 0
		for {
			texts, end, err := hear(ctx, h, web, "a1", int64(len(all)))
			all = append(all, texts...)
			if err == nil {
				if end.Outcome != task.Succeeded {
					t.Errorf("end: %+v", end)
				}
				break
			}
			if !errors.Is(err, hosts.ErrUnreachable) {
				t.Fatal(err)
			}
			drops++
		}
		if drops != 2 || len(all) != 10 || count(t, h, web, "a1") != 1 {
			t.Errorf("%d drops, %d lines, %d payloads", drops, len(all), count(t, h, web, "a1"))
		}
		h.Fault(web, Fault{Unreachable: true, Slow: time.Minute})
		begun := time.Now()
		if _, err := h.Ask(ctx, web, "a1"); !errors.Is(err, hosts.ErrUnreachable) || time.Since(begun) != time.Minute {
			t.Errorf("Ask of a slow, dead host: %v after %s", err, time.Since(begun))
		}
	})
}

func TestManyTargets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := New(Settings{Now: time.Now, Pace: time.Second})
		var all sync.WaitGroup
		for i := range 2000 {
			all.Go(func() {
				target := hosts.Target{ID: fmt.Sprintf("web-%d", i)}
				if err := h.Start(t.Context(), target, order("a1", "seq 1 100\n")); err != nil {
					t.Error(err)
				}
				if texts, end, err := hear(t.Context(), h, target, "a1", 0); err != nil || end.Outcome != task.Succeeded || len(texts) != 100 {
					t.Errorf("%s: %d lines, %+v, %v", target.ID, len(texts), end, err)
				}
			})
		}
		all.Wait()
	})
}
