package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"slipway/pipelines/configfiles/structured"
	"slipway/pipelines/task"
)

// dispatchCase is a package's files, which of them are config files, and what
// a deployment makes of them.
type dispatchCase struct {
	Input struct {
		Files   map[string]string `json:"files"`
		Targets []string          `json:"targets"`
	} `json:"input"`
	Variables configVariables `json:"variables"`
	Expected  struct {
		Success      bool              `json:"success"`
		Error        string            `json:"error_contains"` // quoted for people, too: Success says it
		LogContains  oneOrMore         `json:"log_contains"`   // quoted for people: only that there is a warning
		Files        map[string]string `json:"files"`
		FileContains map[string]string `json:"file_contains"`
		FormatUsed   map[string]string `json:"format_used"`
	} `json:"expected"`
}

func checkStructuredDispatch(raw []byte) error {
	var c dispatchCase
	if err := readCase(raw, &c); err != nil {
		return err
	}
	root, err := os.MkdirTemp("", "vectors")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	got, err := deployFiles(root, c.Input.Files, c.variables(), task.Installation{StructuredIn: c.Input.Targets})
	want := c.Expected
	if (err == nil) != want.Success {
		return fmt.Errorf("error %v, want success: %v", err, want.Success)
	}
	if err != nil {
		return nil
	}
	for name, text := range want.Files {
		if after, err := os.ReadFile(filepath.Join(got.dir, name)); err != nil || plainText(after) != unixLines(text) {
			return fmt.Errorf("%s is %q (%v), want %q", name, after, err, text)
		}
	}
	for name, part := range want.FileContains {
		if after, err := os.ReadFile(filepath.Join(got.dir, name)); err != nil || !strings.Contains(string(after), part) {
			return fmt.Errorf("%s is %q (%v), want %q in it", name, after, err, part)
		}
	}
	for name, want := range want.FormatUsed {
		if _, format, _, err := structured.Replace(name, []byte(c.Input.Files[name]), c.Variables.values(), structured.Options{}); format != want {
			return fmt.Errorf("%s was read as %q (%v), want %q", name, format, err, want)
		}
	}
	// Which formats were tried is no warning; it shows in the format used.
	if len(want.LogContains) > 0 && want.FormatUsed == nil && len(got.warnings) == 0 {
		return fmt.Errorf("no warning, want %q", want.LogContains)
	}
	return nil
}

func (c *dispatchCase) variables() []task.Variable {
	var list []task.Variable
	if c.Variables.Variables == nil {
		return nil
	}
	for name, text := range c.Variables.All() {
		list = append(list, task.Variable{Name: name, Value: text})
	}
	return list
}
