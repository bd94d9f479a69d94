package executor

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/nacl/box"

	"slipway/pipelines/task"
)

// TestArtifactsCanBeFetched after the attempt's private folder is gone.
func TestArtifactsCanBeFetched(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	_, end := h.run(scriptOrder(t, "one", "echo 'all fine' > report.txt; new_octopusartifact report.txt 'The report'"))
	sum := sha256.Sum256([]byte("all fine\n"))
	want := task.Artifact{Name: "The report", Size: 9, SHA256: hex.EncodeToString(sum[:])}
	if len(end.Artifacts) != 1 || end.Artifacts[0] != want {
		t.Fatalf("artifacts = %+v, want %+v", end.Artifacts, want)
	}
	if out, words, code := h.call(nil, "artifact", "one", want.SHA256); code != 0 || out != "all fine\n" {
		t.Errorf("artifact = exit %d %q %s", code, out, words)
	}
	for _, args := range [][]string{{"two", want.SHA256}, {"one", strings.Repeat("0", 64)}, {"one", "../order.json"}, {"../x", want.SHA256}} {
		if out, words, code := h.call(nil, append([]string{"artifact"}, args...)...); code != 1 || out != "" || words == "" {
			t.Errorf("artifact %v = exit %d %q %q, want one sentence", args, code, out, words)
		}
	}
}

func TestSensitiveOutputsLeaveSealed(t *testing.T) {
	t.Parallel()
	public, private, err := box.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := newHost(t)
	o := scriptOrder(t, "one", "set_octopusvariable Token 'very-secret' -sensitive; set_octopusvariable Plain p; exit 3")
	o.OutputKey = public[:]
	_, end := h.run(o)
	plain, ok := box.OpenAnonymous(nil, end.Sealed, public, private)
	var outputs map[string]string
	if !ok || json.Unmarshal(plain, &outputs) != nil || len(outputs) != 1 || outputs["Token"] != "very-secret" {
		t.Errorf("sealed outputs = %v %s", ok, plain)
	}
	if text, _ := json.Marshal(end); strings.Contains(string(text), "very-secret") || end.Outputs["Plain"] != "p" || end.ExitCode != 3 {
		t.Errorf("end = %s", text)
	}
	o = scriptOrder(t, "two", "set_octopusvariable Token 'very-secret' -sensitive")
	o.OutputKey = []byte("short")
	if _, end := h.run(o); end.Outcome != task.Failed || !strings.Contains(end.Message, "5 bytes instead of 32") || end.Sealed != nil {
		t.Errorf("end with a broken key = %+v", end)
	}
	if _, end := h.run(scriptOrder(t, "three", "set_octopusvariable Token 'very-secret' -sensitive")); end.Outcome != task.Succeeded || end.Sealed != nil {
		t.Errorf("end without a key = %+v", end)
	}
}

// TestAPackageNeedsNoScript: the whole way of a package where no script runs.
func TestAPackageNeedsNoScript(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	settings, err := json.Marshal(task.Installation{})
	if err != nil {
		t.Fatal(err)
	}
	o := bareOrder("one")
	o.Work, o.Package = task.Work{Kind: task.KindPackage, Settings: settings}, h.deliver("a page")
	o.Variables = []task.Variable{{Name: "Octopus.Tentacle.Agent.ApplicationDirectoryPath", Value: filepath.Join(h.home, "Applications")}}
	lines, end := h.run(o)
	if end.Outcome != task.Succeeded || end.Installed == nil || !end.Installed.Succeeded {
		t.Fatalf("end = %+v\n%s", end, texts(lines, task.Note))
	}
	b, err := os.ReadFile(filepath.Join(end.Installed.Directory, "public", "index.html"))
	if err != nil || string(b) != "a page" || !strings.HasPrefix(end.Installed.Directory, filepath.Join(h.home, "Applications", "Dev")) {
		t.Errorf("installed in %s: %q, %v", end.Installed.Directory, b, err)
	}
}

// TestAPackageIsInstalled is the kind package through the program itself.
func TestAPackageIsInstalled(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := scriptOrder(t, "one", "")
	settings, err := json.Marshal(task.Installation{Scripts: task.Scripts{Deploy: "cat public/index.html; echo; echo '#{env:HOME}'"}, SkipIfInstalled: true})
	if err != nil {
		t.Fatal(err)
	}
	o.Work, o.Package = task.Work{Kind: task.KindPackage, Settings: settings}, h.deliver("a page")
	lines, end := h.run(o)
	if end.Outcome != task.Succeeded || end.Installed == nil || !end.Installed.Succeeded || texts(lines, task.Stdout) != "a page\n"+h.home+"\n" {
		t.Fatalf("end = %+v\n%s", end, texts(lines, task.Stdout))
	}
	o.ID, o.Previous = "two", []task.Installed{*end.Installed}
	if _, again := h.run(o); again.Outcome != task.Succeeded || !again.Skipped || again.Installed != nil || again.Outputs["Package.InstallationDirectoryPath"] != end.Installed.Directory {
		t.Errorf("again = %+v", again)
	}
}
