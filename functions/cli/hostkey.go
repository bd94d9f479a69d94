package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"slipway/pipelines"
	"slipway/pipelines/excerpt"
)

// presentedKey is the key that an SSH host presents. Nothing is sent to it: the
// handshake ends there.
func presentedKey(ctx context.Context, host string) (string, error) {
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), "22")
	}
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", host)
	if err != nil {
		return "", pipelines.Refuse(pipelines.Unavailable, "%s does not answer (%s): is it on, and is that the port of its SSH server?", host, rootCause(err))
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return "", err
	}
	var presented ssh.PublicKey
	enough := errors.New("seen")
	_, _, _, err = ssh.NewClientConn(conn, host, &ssh.ClientConfig{
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			presented = key
			return enough
		},
	})
	if presented == nil {
		return "", fmt.Errorf("%s did not present a key, is it an SSH server? (%w)", host, err)
	}
	return written(presented), nil
}

func written(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// parsedKey reads a public key, with or without a comment behind it.
func parsedKey(text string) (ssh.PublicKey, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	return key, err
}

func checkHostKey(text string) error {
	if _, err := parsedKey(text); err != nil {
		return pipelines.Refuse(pipelines.Invalid, "a host key has the form `ssh-ed25519 AAAA…`, as in /etc/ssh/ssh_host_ed25519_key.pub; got %q", excerpt.Letters(text, 60))
	}
	return nil
}

// fingerprintOf is what `ssh` shows of a key.
func fingerprintOf(text string) string {
	key, err := parsedKey(text)
	if err != nil {
		return text
	}
	return key.Type() + " " + ssh.FingerprintSHA256(key)
}

func sameKey(a, b string) bool {
	x, err := parsedKey(a)
	if err != nil {
		return false
	}
	y, err := parsedKey(b)
	return err == nil && written(x) == written(y)
}
