package scripts

import (
	"os"

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
	ts.Check(iismodel.Install(programs, bin, iis))
	ts.Setenv("PATH", bin+":"+ts.Getenv("PATH"))
}
