package conventions

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
	"slipway/runner/executor/scripts"
)

// dies deploys 1.0.1 well, and 1.0.2 as far as the switch.
func (b *iisBench) dies(t *testing.T) {
	t.Helper()
	b.deployment = "Deployments-1"
	if _, log, err := b.deploy(t, "1.0.1", tutorialA()); err != nil {
		t.Fatal(err, log)
	}
	b.deployment = "Deployments-2"
	died := errors.New("died")
	func() {
		defer func() {
			if recover() != died {
				t.Error("it lived")
			}
		}()
		b.model.fail = func(call string) error {
			if strings.HasPrefix(call, "appcmd set vdir") {
				b.model.machine.Run("appcmd", strings.Fields(strings.TrimPrefix(call, "appcmd ")), "")
				panic(died)
			}
			return nil
		}
		b.deploy(t, "1.0.2", tutorialA())
	}()
	b.model.fail = nil
	if b.model.served(t) != b.folder("1.0.2") {
		t.Fatal("it was not switched")
	}
}

// script runs a step that touches no web server.
func (b *iisBench) script(t *testing.T, deployment string) (string, error) {
	t.Helper()
	if err := scripts.CanRun("bash"); err != nil {
		t.Skip("there is no bash on this host")
	}
	settings, err := json.Marshal(task.Script{Syntax: "bash", Body: "echo healthy"})
	if err != nil {
		t.Fatal(err)
	}
	log := &kept{}
	_, err = Perform(t.Context(), Job{
		Order: task.Order{ID: "two", Deployment: deployment, Target: "web-1", Step: "Health", Environment: "Dev", Project: "Random Quotes", Release: "1.0.2", Work: task.Work{Kind: task.KindScript, Settings: settings}},
		Mask:  masking.New(), Log: log, Now: time.Now, Secrets: b.secrets,
		Work: filepath.Join(b.dir, "work"), Packages: filepath.Join(b.dir, "packages"), Undo: filepath.Join(b.dir, "undo"), Applications: filepath.Join(b.dir, "Applications"),
		Alone: func(context.Context, string) (func(), error) { return func() {}, nil },
		IIS:   b.model, Certificates: b.certs, Sleep: func(context.Context, time.Duration) error { return nil },
	})
	return log.all(), err
}

// TestWhoBringsBack: what a dead attempt left is brought back by the next
// attempt at its step and by the next deployment that changes the same web
// server, and by nobody else.
func TestWhoBringsBack(t *testing.T) {
	t.Parallel()
	journal := func(b *iisBench) bool {
		_, err := os.Stat(filepath.Join(b.dir, "undo", "web-1.iis.json"))
		return err == nil
	}
	t.Run("no script", func(t *testing.T) {
		t.Parallel()
		b := newIISBench(t)
		b.dies(t)
		for deployment, words := range map[string]string{"Deployments-2": "is left alone", "Deployments-3": "the next deployment by IIS to this target"} {
			log, err := b.script(t, deployment)
			if err != nil || !strings.Contains(log, words) {
				t.Errorf("Perform = %v, want %q in\n%s", err, words, log)
			}
			if b.model.served(t) != b.folder("1.0.2") || !journal(b) {
				t.Errorf("%s: a script changed what is served, or a journal", deployment)
			}
		}
	})
	t.Run("no script, whatever the journal is", func(t *testing.T) {
		t.Parallel()
		b := newIISBench(t)
		nginx := filepath.Join(b.dir, "undo", "web-1.json")
		for _, path := range []string{filepath.Join(b.dir, "undo", "web-1.iis.json"), nginx} {
			if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if log, err := b.script(t, "Deployments-3"); err != nil || !strings.Contains(log, "while it changed NGINX") {
			t.Errorf("Perform = %v\n%s", err, log)
		}
		b.deployment = "Deployments-3"
		if _, log, err := b.deploy(t, "1.0.3", tutorialA()); err != nil || !strings.Contains(log, "web-1.iis.json.aside") {
			t.Errorf("Perform = %v\n%s", err, log)
		}
		if _, err := os.Stat(nginx); err != nil {
			t.Errorf("NGINX's journal: %v", err)
		}
	})
	for _, tt := range []struct{ name, deployment, step, served string }{
		{"the same step", "Deployments-2", "IIS", "1.0.1"},
		{"another deployment", "Deployments-3", "IIS", "1.0.1"},
		{"another deployment's other step", "Deployments-3", "Shop", "1.0.1"},
		{"not a later step", "Deployments-2", "Shop", "1.0.2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newIISBench(t)
			b.dies(t)
			b.deployment, b.step = tt.deployment, tt.step
			bad := tutorialA()
			bad.Site.Pool.Name = "#{Nobody}" // so that nothing comes behind the way back
			_, log, err := b.deploy(t, "1.0.3", bad)
			if err == nil {
				t.Error("it went well")
			}
			if got := b.model.served(t); got != b.folder(tt.served) {
				t.Errorf("served is %s, want %s\n%s", got, tt.served, log)
			}
			if journal(b) {
				t.Error("the journal is left")
			}
			aside := tt.served == "1.0.2"
			entries, _ := os.ReadDir(filepath.Join(b.dir, "undo"))
			if aside && (len(entries) != 1 || entries[0].Name() != "web-1.iis.json.aside") || !aside && len(entries) > 0 {
				t.Errorf("left is %v", entries)
			}
		})
	}
}
