package scripts

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"slipway/test/iismodel"
)

// iisHost makes this machine a host with IIS, as the model has it: appcmd and
// netsh stand in the PATH of the script and of the server that it starts from
// then on.
func iisHost(ts *testscript.TestScript, _ bool, _ []string) {
	programs, bin, iis := ts.MkAbs(".iis/programs"), ts.MkAbs(".iis/bin"), ts.MkAbs(".iis/machine")
	for _, dir := range []string{programs, bin, iis} {
		ts.Check(os.MkdirAll(dir, 0o755))
	}
	ts.Check(iismodel.Build(programs))
	ts.Check(iismodel.New().Save(iis))
	for _, name := range iismodel.Programs {
		script := fmt.Sprintf("#!/bin/sh\n%s='%s' exec '%s' \"$@\"\n", iismodel.FolderVariable, iis, filepath.Join(programs, name))
		ts.Check(os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755))
	}
	ts.Setenv("PATH", bin+":"+ts.Getenv("PATH"))
}
