// Package scripts holds stories of people who use the product: txtar scripts
// under testdata, run with the real program, a real server and a real data
// folder.
//
// The people are commands: `admin`, `member` and `stranger` run slipway as
// somebody who has logged in, each with a home of their own. Everything else is
// `exec slipway`, as in a shell.
package scripts

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"slipway/functions/cli"
)

func TestMain(m *testing.M) {
	// A host gets the program under its other name.
	testscript.Main(m, map[string]func(){"slipway": program, "executor": program})
}

func program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args, os.LookupEnv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata", RequireExplicitExec: true,
		Setup: surroundings,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"admin": as("admin"), "member": as("member"), "stranger": as("stranger"), "internal": as("internal"), "production": as("production"),
			"up": up, "down": down, "reached": reached, "await": await, "joins": joins, "exits": exits, "letter": letter, "answer": answer, "smtp": smtpServer, "waits": mailWaits, "field": field,
			"firstadmin": firstAdmin, "sshhost": sshHost(t), "sends": sends, "feedserver": feedServer, "posts": posts, "asked": asked, "iishost": iisHost,
			"issuer": issuer(t), "chooses": chooses, "forgets": forgets, "browses": browses,
		},
	})
}

// surroundings are addresses where nobody listens, and the samples.
func surroundings(e *testscript.Env) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	e.Setenv("ADDR", address)
	e.Setenv("SLIPWAY_URL", "http://"+address)
	relay, err := freeAddress()
	if err != nil {
		return err
	}
	e.Setenv("RELAY", relay)
	e.Setenv("XDG_CONFIG_HOME", e.WorkDir+"/.nobody")
	samples, err := os.Getwd()
	if err != nil {
		return err
	}
	e.Setenv("REPOSITORY", samples+"/../..")
	return nil
}

// ports counts through a range that the system does not hand out by itself, so
// that an address that is free now is so when the server starts.
var ports atomic.Int32

func freeAddress() (string, error) {
	const first, many = 20000, 12000
	for range 100 {
		port := first + (os.Getpid()*131+int(ports.Add(1)))%many
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return listener.Addr().String(), listener.Close()
		}
	}
	return "", errors.New("no free port on this machine")
}
