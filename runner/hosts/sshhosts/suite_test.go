package sshhosts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"crypto/sha256"

	"slipway/runner/executor"
	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
	"slipway/runner/hosts/wire"
	"slipway/runner/hosts/wire/wiretest"
	"slipway/test/sshserver"
)

// The test binary serves as executor, as the server's binary does, and as its
// stand-in.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "executor":
			os.Exit(executor.Main(context.Background(), os.Args[2:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
		case "stand-in":
			os.Exit(wiretest.Main(os.Args[2:], os.Getenv("HOME"), os.Stdin, os.Stdout, os.Stderr))
		}
	}
	os.Exit(m.Run())
}

// calling are programs that call this test binary with a word in front: a
// small file in place of a large one.
func calling(t testing.TB, word string) Programs {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return script(fmt.Sprintf("#!/bin/sh\nexec %s %s \"$@\"\n", wire.Quote(own), word))
}

// script are programs that are a shell script on every platform.
func script(text string) Programs {
	return func(string, string) (Program, error) {
		return Program{Hash: fmt.Sprintf("%x", sha256.Sum256([]byte(text))), Content: func(context.Context) ([]byte, error) { return []byte(text), nil }}, nil
	}
}

func target(s *sshserver.Server) hosts.Target {
	return hosts.Target{ID: "host", Name: "Web 1", Transport: "ssh", Address: s.Address, User: "deploy", HostKeys: []string{s.HostKey()}, PrivateKey: s.Key}
}

// connected makes Hosts that are closed with their test.
func connected(t testing.TB, s Settings) *Hosts {
	h := New(s)
	t.Cleanup(h.Close)
	return h
}

func TestSuiteWithTheExecutor(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		s := sshserver.New(t)
		return fixture(t, s, "executor", hoststest.Appending(filepath.Join(s.Home, "payload.log")), hoststest.Appended(filepath.Join(s.Home, "payload.log")))
	})
}

func TestSuiteWithAStandIn(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		s := sshserver.New(t)
		return fixture(t, s, "stand-in", nil, func(t *testing.T, attempt string) int {
			n, err := wiretest.Payloads(s.Home, attempt)
			if err != nil {
				t.Error(err)
			}
			return n
		})
	})
}

func fixture(t *testing.T, s *sshserver.Server, word string, payload func(string, string) string, payloads func(*testing.T, string) int) hoststest.Fixture {
	fresh := func(t *testing.T) hosts.Hosts { return connected(t, Settings{Programs: calling(t, word)}) }
	return hoststest.Fixture{
		Hosts: fresh(t), Again: fresh, Target: target(s),
		Payload: payload, Payloads: payloads,
		Cut: func(*testing.T) func() { s.Drop(); return s.Accept },
	}
}
