// Package clients lets programs of other makers work with a real server: what
// builds and people have installed already must do with us as with Octopus.
//
// It tests no rule of ours by itself. The idea a newcomer would miss: a client
// is right by being what people run, so where it and a specification disagree,
// the server follows the client.
package clients

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/functions/cli"
)

// asSlipway makes this test's own binary serve as the program under test, so that no build order matters.
const asSlipway = "SLIPWAY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asSlipway) != "" {
		os.Exit(cli.Main(context.Background(), os.Args, os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// server is a running one, with the key of its administrator.
type server struct {
	address string // below which it answers
	key     string
}

// serve starts a server in a folder of its own, below a path as behind a proxy.
func serve(t *testing.T) server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	listen := listener.Addr().String()
	must(t, listener.Close())
	s := server{address: "http://" + listen + "/tools/deploy"}
	data := filepath.Join(t.TempDir(), "data")
	made := slipway("init", "--data", data, "--admin", "admin", "--mail", "admin@example.org", "--password-stdin", "--print-key")
	made.Stdin = strings.NewReader("the password of admin\n")
	out, err := made.Output()
	must(t, err)
	s.key = strings.TrimSpace(string(out))

	var log bytes.Buffer
	running := slipway("serve", "--data", data, "--listen", listen, "--base-url", s.address)
	running.Stderr = &log
	must(t, running.Start())
	t.Cleanup(func() {
		_ = running.Process.Signal(syscall.SIGTERM)
		_ = running.Wait()
		if t.Failed() {
			t.Logf("the server said:\n%s", log.String())
		}
	})
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get(s.address + "/v1/version")
		if err == nil {
			answer.Body.Close()
			return s
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the server does not answer: %v", err)
		}
	}
}

func slipway(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asSlipway+"=yes")
	return cmd
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
