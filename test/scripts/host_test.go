package scripts

import (
	"os"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"slipway/test/sshserver"
)

// sshHost starts an SSH server: `sshhost` sets $HOST and writes the private key
// that opens it to id; `sshhost other-key` makes it present another host key.
func sshHost(t *testing.T) func(*testscript.TestScript, bool, []string) {
	var running sync.Map // by the folder of the script
	return func(ts *testscript.TestScript, _ bool, args []string) {
		if len(args) > 0 {
			s, _ := running.Load(ts.Getenv("WORK"))
			s.(*sshserver.Server).ChangeHostKey(t)
			s.(*sshserver.Server).Drop()
			s.(*sshserver.Server).Accept()
			return
		}
		s := sshserver.New(t)
		running.Store(ts.Getenv("WORK"), s)
		ts.Setenv("HOST", s.Address)
		ts.Check(os.WriteFile(ts.MkAbs("id"), s.Key, 0o600))
	}
}
