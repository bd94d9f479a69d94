package cli

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"slipway/pipelines"
)

// defaultRelay is where a relay listens if nothing else is said.
const defaultRelay = "127.0.0.1:8481"

// relaying is what `relay` was told.
type relaying struct {
	listen, temp string
	allowRemote  bool
	maxSize      int64
}

func (p *program) relay() *cobra.Command {
	c := verb("relay", "Take packages of any size on this machine and push them on", nil)
	c.Long = `Take packages of any size on this machine and push them on.

For build agents whose upload is made for a server that takes large bodies:
point it at the relay instead. It takes what the server takes, PUT
/v1/packages/NAME and POST /v1/packages with a form, sends large files straight
into the server's store, and gives back the server's own answer. Everything else
goes through to the server unchanged.

Whoever uploads sends an API key, as to the server. An upload without one is
made with the key of this login, which is why the relay listens on this
machine only. With --allow-remote it takes uploads from elsewhere, none without a
key; they come in unencrypted.`
	v := &relaying{}
	flags := c.Flags()
	flags.StringVar(&v.listen, "listen", defaultRelay, "the address to listen on")
	flags.BoolVar(&v.allowRemote, "allow-remote", false, "listen on an address that other machines reach")
	flags.StringVar(&v.temp, "temp", "", "a folder for uploads while they come in (default: the system's)")
	flags.Int64Var(&v.maxSize, "max-size", 0, "refuse uploads of more than this many bytes (default: only the server refuses)")
	c.RunE = p.asking(func(ctx context.Context, s *client, _ []string) error {
		return p.relays(ctx, s, v)
	})
	return c
}

// relays takes uploads until ctx ends.
func (p *program) relays(ctx context.Context, s *client, v *relaying) error {
	local, err := loopback(v.listen)
	if err != nil {
		return err
	}
	if !local && !v.allowRemote {
		return pipelines.Refuse(pipelines.Invalid, "%s can be reached from other machines, and what comes in is not encrypted: listen on %s, or say --allow-remote", v.listen, defaultRelay)
	}
	if err := usable(v.temp); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", v.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", v.listen, rootError(err))
	}
	r := newRelay(s, *v, local)
	server := &http.Server{
		Handler: r, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: log.New(p.stderr, "slipway relay: ", 0),
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	address := listener.Addr().String()
	if err := p.answer(struct {
		Listen string `json:"listen"`
		Server string `json:"server"`
	}{address, s.base}, func() { p.say("packages for %s are taken at http://%s", s.base, address) }); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	// What is coming in may come in; who is impatient interrupts twice.
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if server.Shutdown(finish) != nil {
		_ = server.Close()
	}
	<-done
	return nil
}

// loopback says whether only this machine can reach an address.
func loopback(listen string) (bool, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false, pipelines.Refuse(pipelines.Invalid, "--listen is HOST:PORT, like %s; got %q", defaultRelay, listen)
	}
	return localName(host), nil
}

func localName(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// usable tries the folder before the first upload does.
func usable(temp string) error {
	f, err := os.CreateTemp(temp, "slipway-relay-*")
	if err != nil {
		return fmt.Errorf("uploads cannot be kept while they come in (%w): name another folder with --temp", rootError(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// rootError leaves out the operation, which the caller has named.
func rootError(err error) error {
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Err != nil {
		return e.Err
	}
	return err
}
