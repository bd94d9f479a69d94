// Package powershell asks a real grammar of PowerShell about texts of ours.
//
// It runs none of them: there is no PowerShell where these tests run, and what a
// script does is not known by how it is written. The idea to know: the grammar
// is tree-sitter's, which Node runs, and it is stricter than PowerShell in a few
// places and laxer in others (it takes a typographic quote for a letter); what
// it flags has to be written otherwise, what it lets pass is only well formed.
package powershell

import (
	"bytes"
	_ "embed" // what Node runs
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Answer is what the grammar says of a text.
type Answer struct {
	Faults []string `json:"faults"` // each with line and column
	Tree   string   `json:"tree"`   // the kinds of its parts, without their words
	// Commands are those it calls by name, Functions those it defines.
	Commands  []string `json:"commands"`
	Functions []string `json:"functions"`
}

//go:embed check.mjs
var check []byte

// folder is where install.sh puts the grammar.
func folder() string {
	tools := os.Getenv("SLIPWAY_TOOLS")
	if tools == "" {
		tools = "/var/cache/slipway/tools"
	}
	return filepath.Join(tools, "powershell")
}

// Ask gives one answer for each text. Where the grammar or Node is missing the
// test is skipped and says so; in CI it fails.
func Ask(t testing.TB, texts ...string) []Answer {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") == "true" {
		missing = t.Fatalf
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("no grammar of PowerShell: there is no node; test/install.sh installs it")
	}
	if _, err := os.Stat(filepath.Join(folder(), "versions")); err != nil {
		missing("no grammar of PowerShell in %s; test/powershell/install.sh puts it there", folder())
	}
	program := filepath.Join(t.TempDir(), "check.mjs")
	if err := os.WriteFile(program, check, 0o600); err != nil {
		t.Fatal(err)
	}
	answers, err := ask(node, program, texts)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

func ask(node, program string, texts []string) ([]Answer, error) {
	in, err := json.Marshal(texts)
	if err != nil {
		return nil, err
	}
	// --liftoff-only: V8 would spend ten seconds on making the grammar fast.
	cmd := exec.Command(node, "--liftoff-only", program, folder())
	cmd.Stdin = bytes.NewReader(in)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", program, err, complaint.String())
	}
	var answers []Answer
	if err := json.Unmarshal(out, &answers); err != nil {
		return nil, err
	}
	if len(answers) != len(texts) {
		return nil, fmt.Errorf("%s gave %d answers to %d texts", program, len(answers), len(texts))
	}
	return answers, nil
}
