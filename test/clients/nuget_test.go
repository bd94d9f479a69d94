package clients

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"slipway/pipelines/packagefile"
)

// nuget runs NuGet's own command line, which on Linux is a program of Mono's,
// with a home of its own.
type nuget struct {
	t    *testing.T
	home string
}

func newNuGet(t *testing.T) nuget {
	t.Helper()
	if _, err := exec.LookPath("nuget"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("nuget is not installed: apt-get install nuget")
		}
		t.Skip("SKIPPED: nuget is not installed: apt-get install nuget")
	}
	return nuget{t, t.TempDir()}
}

func (n nuget) run(args ...string) (string, error) {
	n.t.Helper()
	return n.command("nuget", append(args, "-NonInteractive")...)
}

// list runs `nuget list` in a terminal: without one, Mono takes its width for 0
// and the program writes empty lines for ever.
func (n nuget) list(args string) string {
	n.t.Helper()
	out, err := n.command("script", "-qec", "stty cols 200 rows 50; exec nuget list "+args+" -NonInteractive", "/dev/null")
	if err != nil {
		n.t.Fatalf("nuget list %s: %v\n%s", args, err, out)
	}
	var listed []string
	for line := range strings.Lines(out) {
		if words := strings.Fields(line); len(words) == 2 && words[1][0] >= '0' && words[1][0] <= '9' {
			listed = append(listed, words[0]+" "+words[1])
		}
	}
	return strings.Join(listed, ", ")
}

var blank = regexp.MustCompile(`\n\s*\n`)

func (n nuget) command(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(n.t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = n.home
	cmd.Env = []string{"HOME=" + n.home, "PATH=" + os.Getenv("PATH"), "TERM=xterm", "LANG=C.UTF-8"}
	out, err := cmd.CombinedOutput()
	return blank.ReplaceAllString(string(out), "\n"), err
}

func (n nuget) ok(args ...string) string {
	n.t.Helper()
	out, err := n.run(args...)
	if err != nil {
		n.t.Fatalf("nuget %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// fails wants a refusal that says the words.
func (n nuget) fails(words string, args ...string) {
	n.t.Helper()
	out, err := n.run(args...)
	if err == nil || !strings.Contains(strings.Join(strings.Fields(out), " "), words) {
		n.t.Errorf("nuget %s: %v, want a failure that says %q:\n%s", strings.Join(args, " "), err, words, out)
	}
}

// pack writes a package into the home, where nuget runs: it takes a path that
// begins with a slash for one below.
func (n nuget) pack(id, version, content string) string {
	n.t.Helper()
	var b bytes.Buffer
	must(n.t, packagefile.Pack(&b, packagefile.PackInput{
		ID: id, Version: version, Format: packagefile.Nupkg, Files: fstest.MapFS{"content/index.html": {Data: []byte(content)}},
	}))
	name := packagefile.FileName(id, version, packagefile.Nupkg)
	must(n.t, os.WriteFile(filepath.Join(n.home, name), b.Bytes(), 0o600))
	return name
}

// A build pushes with its key, and a registered source with a user name and a key
// lists and installs.
func TestNuGet(t *testing.T) {
	t.Parallel()
	n := newNuGet(t)
	s := serve(t)
	push := s.address + "/nuget/packages"
	for _, version := range []string{"1.0.9", "1.0.10", "1.1.0-beta"} {
		n.ok("push", n.pack("RandomQuotes", version, "quotes "+version), "-Source", push, "-ApiKey", s.key)
	}
	n.ok("push", n.pack("RandomQuotes", "1.0.10", "quotes 1.0.10"), "-Source", push, "-ApiKey", s.key) // the same once more
	n.ok("push", n.pack("Other", "2.0.0", "x"), "-Source", push, "-ApiKey", "admin:"+s.key)
	n.fails("here already with other bytes", "push", n.pack("RandomQuotes", "1.0.10", "something else"), "-Source", push, "-ApiKey", s.key)
	for _, wrong := range []string{"API-" + strings.Repeat("A", 32), "admin:password"} { // this client takes 401 for a question
		n.fails("Please provide credentials", "push", n.pack("RandomQuotes", "6.6.6", "evil"), "-Source", push, "-ApiKey", wrong)
	}
	n.fails("stay", "delete", "RandomQuotes", "1.0.9", "-Source", push, "-ApiKey", s.key)

	source := s.address + "/nuget"
	n.ok("sources", "add", "-Name", "Slipway", "-Source", source, "-Username", "admin", "-Password", s.key, "-StorePasswordInClearText")
	for args, want := range map[string]string{
		"-Source Slipway": "Other 2.0.0, RandomQuotes 1.0.10",
		"RandomQuotes -Source Slipway -AllVersions -Prerelease": "RandomQuotes 1.1.0-beta, RandomQuotes 1.0.10, RandomQuotes 1.0.9",
		"other -Source Slipway":                                 "Other 2.0.0",
	} {
		if got := n.list(args); got != want {
			t.Errorf("nuget list %s: got %q, want %q", args, got, want)
		}
	}
	for version, want := range map[string]string{"": "1.0.10", "1.0.9": "1.0.9"} {
		args := []string{"install", "RandomQuotes", "-Source", "Slipway", "-NoCache", "-OutputDirectory", "out"}
		if version != "" {
			args = append(args, "-Version", version)
		}
		n.ok(args...)
		got, err := os.ReadFile(filepath.Join(n.home, "out", "RandomQuotes."+want, "content", "index.html"))
		if err != nil || string(got) != "quotes "+want {
			t.Errorf("install of version %q: got %q, %v, want %s", version, got, err, want)
		}
	}
}
