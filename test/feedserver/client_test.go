package feedserver_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/test/feedserver"
)

// nuget runs Debian's NuGet client (version 2.8, on Mono), which speaks v2 only.
func nuget(t *testing.T, home string, args ...string) (string, error) {
	t.Helper()
	program, err := exec.LookPath("nuget")
	if err != nil {
		t.Skip("no nuget in PATH; apt-get install nuget")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	// Without the width of a terminal its list writes blank lines without end.
	terminal, err := exec.LookPath("script")
	if err != nil {
		t.Skip("no script in PATH, which gives nuget a terminal; apt-get install bsdutils")
	}
	cmd := exec.CommandContext(ctx, terminal, "-qec", "stty cols 120; "+program+" "+strings.Join(args, " ")+" -NonInteractive", os.DevNull)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "LANG=C.UTF-8", "TMPDIR="+home)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// What a real client pushes it finds again, page by page, and gets unchanged.
func TestRealClient(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("Mono takes seconds to start")
	}
	s := feedserver.Start(t, feedserver.Options{PageSize: 2})
	home := t.TempDir()
	for _, version := range []string{"1.0.8", "1.0.9", "1.0.10", "1.0.11-beta"} {
		packed := feedserver.Nupkg(t, "RandomQuotes", version, map[string]string{"content/Web.config": "<configuration/>"})
		if version == "1.0.10" {
			file := filepath.Join(home, "RandomQuotes.1.0.10.nupkg")
			if err := os.WriteFile(file, packed, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := nuget(t, home, "push", filepath.Base(file), "admin:password", "-Source", s.URL); err != nil {
				t.Fatalf("nuget push: %v\n%s", err, out)
			}
			continue
		}
		if err := s.Add(packed); err != nil {
			t.Fatal(err)
		}
	}
	out, err := nuget(t, home, "list", "Random", "-AllVersions", "-Source", s.URL)
	if err != nil {
		t.Fatalf("nuget list: %v\n%s\n%s", err, out, strings.Join(s.Asked(), "\n"))
	}
	for _, version := range []string{"1.0.8", "1.0.9", "1.0.10"} {
		if !strings.Contains(out, "RandomQuotes "+version) {
			t.Errorf("nuget list shows no %s:\n%s\n%s", version, out, strings.Join(s.Asked(), "\n"))
		}
	}
	if out, err := nuget(t, home, "install", "RandomQuotes", "-Version", "1.0.10", "-Source", s.URL, "-OutputDirectory", filepath.Join(home, "packages"), "-NoCache"); err != nil {
		t.Fatalf("nuget install: %v\n%s\n%s", err, out, strings.Join(s.Asked(), "\n"))
	}
	config, err := os.ReadFile(filepath.Join(home, "packages", "RandomQuotes.1.0.10", "content", "Web.config"))
	if err != nil || !bytes.Equal(config, []byte("<configuration/>")) {
		t.Errorf("after nuget install, Web.config is %q (%v)\n%s", config, err, strings.Join(s.Asked(), "\n"))
	}
}
