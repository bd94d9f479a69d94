package localhosts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/runner/executor"
	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
)

// The test binary is its own executor, as the server's binary is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "executor" {
		os.Exit(executor.Main(context.Background(), os.Args[2:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
	}
	os.Exit(m.Run())
}

func TestSuite(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		fresh := func(t *testing.T) hosts.Hosts {
			h, err := New(Settings{})
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		home := t.TempDir()
		return hoststest.Fixture{
			Hosts:    fresh(t),
			Again:    fresh,
			Target:   hosts.Target{ID: "web-1", Name: "Web 1", Transport: "local", Address: home},
			Payload:  hoststest.Appending(filepath.Join(home, "payload.log")),
			Payloads: hoststest.Appended(filepath.Join(home, "payload.log")),
		}
	})
}

func TestExecutorThatHangs(t *testing.T) {
	t.Parallel()
	h, err := New(Settings{Executor: []string{"/bin/sh", "-c", "sleep 60"}, Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Ask(t.Context(), hosts.Target{ID: "web-1", Address: t.TempDir()}, "a1")
	if !errors.Is(err, hosts.ErrUnreachable) {
		t.Errorf("Ask: got %v, want ErrUnreachable", err)
	}
}

func TestExecutorThatRefuses(t *testing.T) {
	for script, want := range map[string]string{
		"echo no room >&2; exit 1":         "Web 1: no room",
		"exit 2":                           "Web 1: the executor ended with exit code 2 and said nothing",
		"kill -9 $$":                       "cannot be reached",
		"echo hi":                          `answer to ask is not the executor's: "hi`,
		`echo "$HOME $SECRET" >&2; exit 1`: "/home-of-it",
	} {
		t.Setenv("SECRET", "swordfish")
		h, _ := New(Settings{Executor: []string{"/bin/sh", "-c", script}})
		_, err := h.Ask(t.Context(), hosts.Target{ID: "web-1", Name: "Web 1", Address: filepath.Join(t.TempDir(), "home-of-it")}, "a1")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "swordfish") {
			t.Errorf("%s: got %v, want %q", script, err, want)
		}
	}
}

func TestAddressMustBeAFolder(t *testing.T) {
	t.Parallel()
	h, _ := New(Settings{})
	if _, err := h.Ready(t.Context(), hosts.Target{ID: "web-1", Address: "web"}); err == nil || !strings.Contains(err.Error(), "absolute folder") {
		t.Errorf("Ready: got %v", err)
	}
}
