package iismodel

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// Programs are the names of the programs, which Build builds.
var Programs = []string{"appcmd", "netsh", "powershell"}

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
