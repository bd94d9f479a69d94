package sshhosts

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"slipway/runner/hosts"
	"slipway/test/sshserver"
)

func TestHostKeyIsPinned(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	h := connected(t, Settings{Programs: calling(t, "stand-in")})
	at := target(s)
	known := s.HostKey()
	refused := func(pinned ...string) {
		t.Helper()
		at := at
		at.HostKeys = pinned
		_, err := h.Ready(t.Context(), at)
		untrusted, ok := errors.AsType[*hosts.UntrustedError](err)
		if !ok || untrusted.Presented != s.HostKey() || !slices.Equal(untrusted.Pinned, pinned) || untrusted.Host != at.Address {
			t.Errorf("Ready with pins %q: got %#v, want an UntrustedError that presents %q", pinned, err, s.HostKey())
		}
	}
	refused()
	if s.Logins() != 0 || len(s.Ran()) != 0 {
		t.Errorf("an unpinned host saw %d logins and ran %q", s.Logins(), s.Ran())
	}
	facts, err := h.Ready(t.Context(), at)
	if err != nil || facts.HostKey != known {
		t.Fatalf("Ready: got key %q, %v, want %q", facts.HostKey, err, known)
	}
	s.ChangeHostKey(t)
	if _, err := h.Ready(t.Context(), at); err != nil {
		t.Errorf("a kept connection asks for no key again: %v", err)
	}
	s.Drop()
	s.Accept()
	refused(known)
	at.HostKeys = []string{known, s.HostKey()}
	if _, err := h.Ready(t.Context(), at); err != nil {
		t.Errorf("Ready with both keys pinned: %v", err)
	}
}

func TestAlgorithmsOfPinnedKeysComeFirst(t *testing.T) {
	t.Parallel()
	const rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCGvvvILPpX3j8/1YE4W5BzIZ+nb+Yaz7NyInKLBrsiw2qjM9x2CY8fkyCd4LTfQk8lnyath/h1WHyv0gYybcZ5mhOq/cT1JgwUPCkA+xUQn/jvEJVo46DopkpgSN3HYmpbUDTwdutPv2wUUP1vJJkExNqcoOnXphnW+uEfCxgSgUcfn4FDRgYKrtjeUxXgOWGXv2wtwbPmVb34uWr3GhZbiAne/zT2QrfpMLyx76Dn7tVZqPggf9D6qmXoqSOCEzOhgZaeVeY52fdqSuh/UBacd/11MlRZeicmDzpm6YlMkBI5zKqTZMSncIem5+IM4afEZPEzWj93OF47s5/s4MYj"
	trust, err := pinnedKeys(hosts.Target{HostKeys: []string{rsa}})
	if err != nil {
		t.Fatal(err)
	}
	got := trust.algorithms()
	if want := []string{"rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519"}; !slices.Equal(got[:3], want) {
		t.Errorf("got %q first, want %q", got[:3], want)
	}
	for _, name := range got {
		if strings.Contains(name, "cert") || name == "ssh-rsa" || name == "ssh-dss" {
			t.Errorf("offers %s", name)
		}
	}
}

func TestWhoWeAre(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	_, stranger := sshserver.NewKey(t)
	h := connected(t, Settings{Programs: calling(t, "stand-in")})
	for _, c := range []struct {
		name string
		key  []byte
		want string
	}{
		{"stranger", stranger, "refuses the key of user deploy: put its public half into ~deploy/.ssh/authorized_keys"},
		{"no key", nil, "has no private key and there is no ssh-agent"},
		{"no PEM", []byte("swordfish"), "is no PEM text"},
		{"passphrase", []byte(locked), "needs a passphrase"},
	} {
		at := target(s)
		at.PrivateKey = c.key
		if _, err := h.Ready(t.Context(), at); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "swordfish") {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	at := target(s)
	at.HostKeys = []string{"AAAAC3Nz"}
	if _, err := h.Ready(t.Context(), at); err == nil || !strings.Contains(err.Error(), "authorized_keys form") {
		t.Errorf("unreadable pin: got %v", err)
	}
}

func TestAgentServesTargetsWithoutKey(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	key, err := ssh.ParseRawPrivateKey(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "agent") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go func() {
		for {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(keys, c)
		}
	}()
	at := target(s)
	at.PrivateKey = nil
	h := connected(t, Settings{Programs: calling(t, "stand-in"), AgentSocket: socket.Addr().String()})
	if _, err := h.Ready(t.Context(), at); err != nil {
		t.Errorf("Ready with the agent's key: %v", err)
	}
}

// locked is a key behind a passphrase.
const locked = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABAyauK4I3
VwaSRGN7z1mRfEAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIPOXVFaRuN9myIOx
RkRNb7FuTl4Rjgxrjr89k5Vmp1qxAAAAkE2uYF2FJNEdU1KGzFFRC+gjahAajd5xpL5Njp
c2gmTLkNf3782gBczsA6NFHlgpwm39kBTLL6ngxZEmtX2NqBCcoiXnLUOp1eNU0hi7BsB7
MmiDde+qYXWdyK4sELzq6FWQBd+hXFpT2FzVDGV2leNBJl4fag9qIFm1tissNDQUKXpdNc
st2seif6NT5EWEoQ==
-----END OPENSSH PRIVATE KEY-----
`
