package install

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strconv"
	"strings"

	"slipway/pipelines/packagefile"
	"slipway/runner/executor/winnames"
)

// Root is the folder to install below: what the variable says, or Applications
// on the system's drive or in the user's home. get is a variable's text, ""
// for one that is not there; environment variables are called `env:NAME`.
func Root(get func(name string) string) (string, error) {
	if dir := get("Octopus.Tentacle.Agent.ApplicationDirectoryPath"); dir != "" {
		return dir, nil
	}
	for _, name := range []string{"env:SystemDrive", "env:HOME"} {
		if dir := get(name); dir != "" {
			return dir + string(filepath.Separator) + "Applications", nil
		}
	}
	return "", errors.New("there is no place to install to: neither Octopus.Tentacle.Agent.ApplicationDirectoryPath nor SystemDrive nor HOME is set")
}

// Place says where a package goes: `<root>/<tenant>/<environment>/<package
// id>/<version>`, with the first two where they are set.
type Place struct {
	Root             string
	Folders          []string // of tenant and environment, as folders are called
	Package, Version string
}

// Without makes a folder's name of any name as Octopus does: by leaving out
// what the file system cannot have.
func Without(invalid, name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(invalid, r) {
			return -1
		}
		return r
	}, name)
}

// mostFolders bounds the search for a free name.
const mostFolders = 10_000

// Candidates are the folders to try, in this order: the version, then the same
// with `_1`, `_2` and so on. The first that does not exist is taken.
func (p Place) Candidates() iter.Seq[string] {
	return func(yield func(string) bool) {
		dir := filepath.Join(p.parent(), packagefile.EscapeName(p.Version))
		if !yield(dir) {
			return
		}
		for n := 1; n < mostFolders; n++ {
			if !yield(dir + "_" + strconv.Itoa(n)) {
				return
			}
		}
	}
}

func (p Place) parent() string {
	return filepath.Join(append(append([]string{p.Root}, p.Folders...), packagefile.EscapeName(p.Package))...)
}

// checkForWindows refuses folders that Windows cannot have.
func (p Place) checkForWindows() error {
	for _, part := range append([]string{packagefile.EscapeName(p.Package), packagefile.EscapeName(p.Version)}, p.Folders...) {
		if err := winnames.Part(part); err != nil {
			return fmt.Errorf("package %q version %q cannot be installed on Windows: the folder %w", p.Package, p.Version, err)
		}
	}
	return nil
}

// check refuses what would not be one folder's name.
func (p Place) check() error {
	version := packagefile.EscapeName(p.Version)
	if !filepath.IsLocal(version) || filepath.Base(version) != version || !filepath.IsLocal(packagefile.EscapeName(p.Package)) {
		return fmt.Errorf("package %q version %q cannot be a folder's name", p.Package, p.Version)
	}
	return nil
}
