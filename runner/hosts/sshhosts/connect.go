package sshhosts

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"slipway/runner/hosts"
)

// connect reaches a host, makes sure who it is, logs in and brings the
// executor.
func (h *Hosts) connect(ctx context.Context, t hosts.Target) (*connection, error) {
	conn, err := h.login(ctx, t)
	if err != nil {
		return nil, err
	}
	if conn.executor, err = h.bring(ctx, conn); err != nil {
		conn.close()
		return nil, err
	}
	return conn, nil
}

// within is a deadline of ours: past it the host counts as unreachable.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, fmt.Errorf("no answer within %s: %w", d, hosts.ErrUnreachable))
}

func (h *Hosts) login(ctx context.Context, t hosts.Target) (*connection, error) {
	address := withPort(t.Address)
	trust, err := pinnedKeys(t)
	if err != nil {
		return nil, err
	}
	auth, done, err := h.auth(ctx, t)
	if err != nil {
		return nil, err
	}
	defer done()
	ctx, cancel := within(ctx, h.settings.ConnectTimeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, unreachable(ctx, "connect to %s", address, err)
	}
	counted := &countedConn{Conn: raw}
	// A handshake knows no context; without its connection it ends.
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	sshConn, channels, requests, err := ssh.NewClientConn(counted, address, &ssh.ClientConfig{
		User: t.User, Auth: auth,
		HostKeyCallback: trust.check, HostKeyAlgorithms: trust.algorithms(),
	})
	if !stop() || err != nil {
		raw.Close()
		switch {
		case trust.refused != nil:
			return nil, trust.refused
		case ctx.Err() == nil && strings.Contains(err.Error(), "unable to authenticate"):
			return nil, fmt.Errorf("%s refuses the key of user %s: put its public half into ~%s/.ssh/authorized_keys there (%w; %v)", address, t.User, t.User, hosts.ErrUnreachable, err)
		}
		return nil, unreachable(ctx, "SSH handshake with %s", address, err)
	}
	return newConnection(ssh.NewClient(sshConn, channels, requests), counted, address, trust.presented, h.settings), nil
}

// unreachable says what was tried and why it did not work: a deadline of ours
// or the caller's, or what the network said.
func unreachable(ctx context.Context, what, address string, err error) error {
	what = fmt.Sprintf(what, address)
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, hosts.ErrUnreachable):
		return fmt.Errorf("%s: %w", what, cause)
	case cause != nil:
		return cause
	case errors.Is(err, hosts.ErrUnreachable):
		return err
	default:
		return fmt.Errorf("%s: %w: %w", what, hosts.ErrUnreachable, err)
	}
}

// auth is how we say who we are: the target's key, or an agent's keys.
func (h *Hosts) auth(ctx context.Context, t hosts.Target) (methods []ssh.AuthMethod, done func(), err error) {
	if len(t.PrivateKey) > 0 {
		signer, err := ssh.ParsePrivateKey(t.PrivateKey)
		if _, locked := errors.AsType[*ssh.PassphraseMissingError](err); locked {
			return nil, nil, fmt.Errorf("private key of target %s needs a passphrase: give one without, or load it into an ssh-agent", t.Name)
		}
		if err != nil {
			// The parser's own words could hold parts of the key.
			return nil, nil, fmt.Errorf("private key of target %s is no PEM text of an OpenSSH, RSA or EC key", t.Name)
		}
		return []ssh.AuthMethod{ssh.PublicKeys(signer)}, func() {}, nil
	}
	if h.settings.AgentSocket == "" {
		return nil, nil, fmt.Errorf("target %s has no private key and there is no ssh-agent: give it a key", t.Name)
	}
	socket, err := new(net.Dialer).DialContext(ctx, "unix", h.settings.AgentSocket)
	if err != nil {
		return nil, nil, fmt.Errorf("target %s has no private key, and the ssh-agent does not answer: %w", t.Name, err)
	}
	return []ssh.AuthMethod{ssh.PublicKeysCallback(agent.NewClient(socket).Signers)}, func() { socket.Close() }, nil
}

func withPort(address string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), "22")
}
