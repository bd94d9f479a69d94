// Package commands runs programs of the host that are not scripts: `nginx -t`,
// `systemctl show`, `cp` into a folder of root.
//
// It knows no deployment. The idea a newcomer would miss: what needs more
// rights than the user has goes through password-less sudo, one plain program
// at a time, never through a shell; so a sudoers file can list exactly what we
// may do.
package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// limit is far more than any of these programs takes on a healthy host.
const limit = 2 * time.Minute

// System runs the host's real programs.
type System struct{}

// Run runs a program as the user and returns what it printed on stdout. The
// error has the program's own words.
func (System) Run(ctx context.Context, name string, args ...string) (string, error) {
	return run(ctx, find(name), args)
}

// Sudo runs a program as root.
func (System) Sudo(ctx context.Context, name string, args ...string) (string, error) {
	if os.Geteuid() == 0 {
		return run(ctx, find(name), args)
	}
	return run(ctx, "sudo", append([]string{"-n", name}, args...))
}

// find looks where programs of root are, too: the path of an ordinary login
// often leaves those folders out.
func find(name string) string {
	if _, err := exec.LookPath(name); err == nil {
		return name
	}
	for _, dir := range []string{"/usr/sbin/", "/usr/local/sbin/", "/sbin/", "/usr/local/nginx/sbin/"} {
		if info, err := os.Stat(dir + name); err == nil && info.Mode().IsRegular() {
			return dir + name
		}
	}
	return name
}

// Error is a program that could not be started or did not end with 0.
type Error struct {
	Command string
	Words   string // what it printed on stderr
	Err     error
}

func (e *Error) Error() string {
	if e.Words == "" {
		return fmt.Sprintf("%s: %v", e.Command, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Command, e.Words)
}

func (e *Error) Unwrap() error { return e.Err }

func run(ctx context.Context, name string, args []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	// A daemon that the program starts may keep its streams open.
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return out.String(), nil
	}
	return out.String(), &Error{Command: strings.Join(append([]string{name}, args...), " "), Words: strings.TrimSpace(words.String()), Err: err}
}
