package scripts

import (
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// as runs slipway as somebody.
func as(who string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		verdict(ts, neg, run(ts, who, args...), who+" "+strings.Join(args, " "))
	}
}

func run(ts *testscript.TestScript, who string, args ...string) error {
	home := ts.Getenv("XDG_CONFIG_HOME")
	ts.Setenv("XDG_CONFIG_HOME", ts.MkAbs("."+who))
	err := ts.Exec("slipway", args...)
	ts.Setenv("XDG_CONFIG_HOME", home)
	return err
}

func verdict(ts *testscript.TestScript, neg bool, err error, what string) {
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		ts.Fatalf("%s: %v", what, err)
	}
	if err != nil && !neg {
		ts.Fatalf("%s was refused: %v", what, err)
	}
	if err == nil && neg {
		ts.Fatalf("%s was not refused", what)
	}
}

// exits checks an exit code: `exits 3 member deploy App 1.0 Test --follow`.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := run(ts, args[1], args[2:]...); err != nil {
		ended, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s ends with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// joins gives a person a password and lets them log in: `joins member stella`.
func joins(ts *testscript.TestScript, _ bool, args []string) {
	who, username := args[0], args[1]
	file := ts.MkAbs(".password-of-" + username)
	ts.Check(os.WriteFile(file, []byte("the password of "+username+"\n"), 0o600))
	typed(ts, file, "admin", "user", "password", username, "--password-stdin")
	typed(ts, file, who, "login", ts.Getenv("SLIPWAY_URL"), "--username", username, "--password-stdin")
}

// typed runs slipway with a file as stdin.
func typed(ts *testscript.TestScript, file, who string, args ...string) {
	cmd := exec.Command("slipway", args...)
	cmd.Env = []string{"XDG_CONFIG_HOME=" + ts.MkAbs("."+who), "SLIPWAY_URL=" + ts.Getenv("SLIPWAY_URL")}
	in, err := os.Open(file)
	ts.Check(err)
	defer in.Close()
	cmd.Stdin = in
	if out, err := cmd.CombinedOutput(); err != nil {
		ts.Fatalf("%s %s: %v\n%s", who, strings.Join(args, " "), err, out)
	}
}

// firstAdmin makes the first administrator as a person with a browser would,
// at the one-time address: `firstadmin LINK NAME`.
func firstAdmin(ts *testscript.TestScript, neg bool, args []string) {
	password := "the password of " + args[1]
	form := url.Values{"name": {args[1]}, "display": {""}, "mail": {""}, "password": {password}, "again": {password}}
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	browser := &http.Client{Jar: jar}
	answer, err := browser.PostForm(args[0], form)
	ts.Check(err)
	answer.Body.Close()
	if (answer.StatusCode == http.StatusOK) == neg {
		ts.Fatalf("making the first administrator: %s", answer.Status)
	}
}
