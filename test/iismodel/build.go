package iismodel

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Programs are the names of the programs, which Build builds.
var Programs = []string{"appcmd", "netsh", "powershell"}

// Install puts the programs, which Build has built into a folder, into another one
// for PATH, where they are those of a machine that has IIS and nothing in it: what
// it holds lies in iis. While a file of the name FailsFile lies beside them, they
// fail as FailVariable says.
func Install(programs, bin, iis string) error {
	if err := New().Save(iis); err != nil {
		return err
	}
	for _, name := range Programs {
		script := fmt.Sprintf("#!/bin/sh\n%s='%s' %s=\"$(cat '%s' 2>/dev/null)\" exec '%s' \"$@\"\n",
			FolderVariable, iis, FailVariable, filepath.Join(bin, FailsFile), filepath.Join(programs, name))
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// FailsFile is in which file beside the programs their faults stand.
const FailsFile = "fails"

// Build builds the programs into a folder, for a test to put it into PATH.
func Build(folder string) error {
	for _, name := range Programs {
		out, err := exec.Command("go", "build", "-o", filepath.Join(folder, name), "slipway/test/iismodel/"+name).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
	}
	return nil
}
