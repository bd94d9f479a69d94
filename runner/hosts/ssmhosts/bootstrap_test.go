package ssmhosts

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines/task"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func example(from string) bootstrap {
	b := bootstrap{
		home: "/root", attempt: "Deployments-12-m3x9q2.t3.1", args: []string{"errand"}, quiet: true, from: from, stdin: "c2VhbGVk",
		programs: []program{
			{machine: "x86_64", hash: strings.Repeat("a1", 32), url: "https://bucket.s3.eu-central-1.amazonaws.com/store/executors/a.gz?X-Amz-Signature=it's&b=$(id)"},
			{machine: "aarch64", hash: strings.Repeat("b2", 32), url: "https://bucket.s3.eu-central-1.amazonaws.com/store/executors/b.gz?X-Amz-Signature=2", words: []string{"executor"}},
		},
	}
	if from != "" {
		b.stdin = ""
	}
	return b
}

func TestScripts(t *testing.T) {
	t.Parallel()
	const from = "https://bucket.s3.eu-central-1.amazonaws.com/store/errands/e?X-Amz-Signature=3"
	golden(t, "linux.sh", example("").shell())
	golden(t, "linux-large.sh", example(from).shell())
	golden(t, "windows.ps1", example("").powerShell())
	golden(t, "windows-large.ps1", example(from).powerShell())
	for _, script := range []string{example("").shell(), example(from).shell(), example("").powerShell(), example(from).powerShell()} {
		if strings.Contains(script, "{{") {
			t.Error("a document's parameter must not hold {{, which Systems Manager reads as a reference")
		}
	}
}

// TestScriptsAreShell lets every shell of the machine look at the scripts that are
// not run here.
func TestScriptsAreShell(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"dash", "bash", "busybox"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("%s is not installed", shell)
			continue
		}
		for _, script := range []string{example("").shell(), example("https://x/").shell()} {
			args := []string{"-n"}
			if shell == "busybox" {
				args = []string{"sh", "-n"}
			}
			cmd := exec.Command(path, args...)
			cmd.Stdin = strings.NewReader(script)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v %s", shell, err, out)
			}
		}
	}
}

// only is a folder with all programs of the machine but those named.
func only(t *testing.T, without ...string) string {
	dir := t.TempDir()
	for _, from := range []string{"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"} {
		all, _ := os.ReadDir(from)
		for _, entry := range all {
			os.Symlink(filepath.Join(from, entry.Name()), filepath.Join(dir, entry.Name()))
		}
	}
	for _, name := range without {
		os.Remove(filepath.Join(dir, name))
	}
	return dir
}

func TestCurlOrWget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		without []string
		fails   bool
	}{
		{"wget only", []string{"curl"}, false},
		{"curl only", []string{"wget"}, false},
		{"neither", []string{"curl", "wget"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			known := newWorld(t).known() // for a key of the right form
			w := newWorld(t, "PATH="+only(t, c.without...))
			if c.fails {
				w.target.ExecutorKey = known.target.ExecutorKey
				w.dispatch(w.errand(w.order("echo never"), 0))
				if o := w.outcome(); o.Kind != Refused || !strings.HasPrefix(o.Message, "neither curl nor wget") {
					t.Errorf("outcome = %+v", o)
				}
				return
			}
			w.known()
			o := w.order("echo here")
			w.dispatch(w.errand(o, 0))
			if end := w.end(o.ID); end.Outcome != task.Succeeded {
				t.Errorf("end = %+v", end)
			}
		})
	}
}

// TestADamagedExecutorIsNotCalled: the hash counts, whoever changed the bucket.
func TestADamagedExecutorIsNotCalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.target.ExecutorKey = newWorld(t).known().target.ExecutorKey
	for _, name := range w.store.names("executors/") {
		w.store.set(func(s *store) { s.blobs[name] = packed(t, "#!/bin/sh\ntouch "+w.home+"/ran\n") })
	}
	w.dispatch(w.errand(w.order("echo never"), 0))
	if o := w.outcome(); o.Kind != Refused || !strings.Contains(o.Message, "came with SHA-256") {
		t.Errorf("outcome = %+v", o)
	}
	if _, err := os.Stat(w.home + "/ran"); err == nil {
		t.Error("it was called")
	}
}

// TestTheExecutorIsBroughtOnce: a second command finds it there, and publishing
// again changes nothing.
func TestTheExecutorIsBroughtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known().known()
	if w.store.reads != 1 {
		t.Errorf("fetched %d times", w.store.reads)
	}
	if missing, err := w.client().Publish(t.Context()); err != nil || len(missing) > 0 {
		t.Error(missing, err)
	}
	if all := w.store.names("executors/"); len(all) != 1 {
		t.Errorf("published: %q", all)
	}
}
