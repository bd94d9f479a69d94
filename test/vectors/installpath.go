package main

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/octostache"
	"slipway/pipelines/packagefile"
	"slipway/runner/executor/install"
)

// installPathCase is a package, a disk, and where the package goes.
type installPathCase struct {
	Input struct {
		Kind     string   `json:"kind"`
		Package  string   `json:"package"`
		Existing []string `json:"existing_directories"`
		Entry    string   `json:"entry"`
		Root     string   `json:"root"`
		Style    string   `json:"path_style"`
	} `json:"input"`
	Variables orderedVariables `json:"variables"`
	Expected  struct {
		Path     *string `json:"path"`
		EndsWith string  `json:"path_ends_with"`
		Error    bool    `json:"error"`
		Allowed  *bool   `json:"allowed"`
	} `json:"expected"`
}

// invalidInNames are those that the cases' file systems cannot have in a name,
// and invalidOnWindows what Windows' cannot have besides.
const (
	invalidInNames   = "/\x00!"
	invalidOnWindows = "\\:*?\"<>|"
)

func checkInstallPath(raw []byte) error {
	c := installPathCase{Variables: orderedVariables{octostache.NewVariables()}}
	if err := readCase(raw, &c); err != nil {
		return err
	}
	if c.Input.Kind == "archive_entry" {
		err := packagefile.SafeEntry(belowRoot(c.Input.Root, c.Input.Entry))
		if want := c.Expected.Allowed; want != nil && (err == nil) != *want {
			return fmt.Errorf("%q allowed: %v (%v), want %v", c.Input.Entry, err == nil, err, *want)
		}
		return nil
	}
	if c.Input.Kind != "" {
		return fmt.Errorf("unknown kind %q", c.Input.Kind)
	}
	got, err := c.place()
	if (err != nil) != c.Expected.Error {
		return fmt.Errorf("%q, %v, want error: %v", got, err, c.Expected.Error)
	}
	got = c.inStyle(got)
	if !strings.HasSuffix(got, c.Expected.EndsWith) {
		return fmt.Errorf("path is %q, want it to end with %q", got, c.Expected.EndsWith)
	}
	return same("path", got, c.Expected.Path)
}

func (c *installPathCase) place() (string, error) {
	root, err := install.Root(c.get)
	if err != nil {
		return "", err
	}
	name, err := packagefile.ReadName(c.Input.Package)
	if err != nil {
		return "", err
	}
	p := install.Place{Root: root, Package: name.ID, Version: name.Version}
	for _, variable := range []string{"Octopus.Deployment.Tenant.Name", "Octopus.Environment.Name"} {
		if folder := install.Without(c.invalid(), c.get(variable)); folder != "" {
			p.Folders = append(p.Folders, folder)
		}
	}
	for dir := range p.Candidates() {
		if !slices.ContainsFunc(c.Input.Existing, func(there string) bool { return c.inStyle(path.Clean(there)) == c.inStyle(dir) }) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("every folder is there")
}

func (c *installPathCase) inStyle(dir string) string {
	if c.Input.Style == "windows" {
		return strings.ReplaceAll(dir, "/", `\`)
	}
	return filepath.ToSlash(dir)
}

func (c *installPathCase) invalid() string {
	if c.Input.Style == "windows" {
		return invalidInNames + invalidOnWindows
	}
	return invalidInNames
}

// belowRoot names an entry from the case's root on where it comes back to it:
// the product judges a package before anybody knows the root, and so refuses
// what goes by way of the root's own name.
func belowRoot(root, entry string) string {
	whole := entry
	if !path.IsAbs(entry) {
		whole = path.Join(root, entry)
	}
	if inside, ok := strings.CutPrefix(path.Clean(whole), path.Clean(root)+"/"); ok {
		return inside
	}
	return entry
}

func (c *installPathCase) get(name string) string {
	text, _ := c.Variables.Get(name)
	result, err := octostache.Evaluate(text, c.Variables.Variables, octostache.Options{Now: time.Date(2030, 5, 22, 9, 5, 0, 0, time.UTC)})
	if err != nil {
		return text
	}
	return result.Text
}
