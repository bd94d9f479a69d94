package sshhosts

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"slipway/runner/hosts"
)

// trust decides whether a host is the one we mean, and remembers what it
// showed.
type trust struct {
	host      string
	pinned    []ssh.PublicKey
	presented string
	refused   *hosts.UntrustedError
}

func pinnedKeys(t hosts.Target) (*trust, error) {
	all := &trust{host: t.Address}
	for _, text := range t.HostKeys {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("host key %q of target %s is not in authorized_keys form, like `ssh-ed25519 AAAA…`", text, t.Name)
		}
		all.pinned = append(all.pinned, key)
	}
	return all, nil
}

// check is asked during the handshake, before anything of ours is sent.
func (t *trust) check(_ string, _ net.Addr, key ssh.PublicKey) error {
	t.presented = written(key)
	for _, pinned := range t.pinned {
		if bytes.Equal(pinned.Marshal(), key.Marshal()) {
			return nil
		}
	}
	t.refused = &hosts.UntrustedError{Host: t.host, Presented: t.presented}
	for _, pinned := range t.pinned {
		t.refused.Pinned = append(t.refused.Pinned, written(pinned))
	}
	return t.refused
}

// algorithms asks a host with several keys for one we have pinned. The others
// come behind them, so that a host which has none of those can show what it has.
func (t *trust) algorithms() []string {
	var wanted []string
	for _, key := range t.pinned {
		if key.Type() == ssh.KeyAlgoRSA {
			wanted = append(wanted, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		} else {
			wanted = append(wanted, key.Type())
		}
	}
	first := []string{ssh.KeyAlgoED25519}
	for _, name := range append(first, ssh.SupportedAlgorithms().HostKeys...) {
		if !strings.Contains(name, "-cert-") && !slices.Contains(wanted, name) {
			wanted = append(wanted, name)
		}
	}
	return wanted
}

func written(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}
