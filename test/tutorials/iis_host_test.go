package tutorials

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"slipway/test/iismodel"
)

// modelPrograms are the model's appcmd and netsh, built once for all tests.
var modelPrograms struct {
	once sync.Once
	dir  string
	err  error
}

// iisHost is this machine with the model of IIS in PATH: executors, folders and files are real, and only what IIS would answer is the
// model's. Each has an IIS of its own, as a new Windows Server has it.
type iisHost struct {
	t    *testing.T
	home string // of the deploying user
	bin  string // of appcmd and netsh
	iis  string // what they keep
}

func newIISHost(t *testing.T) *iisHost {
	t.Helper()
	modelPrograms.once.Do(func() {
		if modelPrograms.dir, modelPrograms.err = os.MkdirTemp("", "tutorials"); modelPrograms.err == nil {
			modelPrograms.err = iismodel.Build(modelPrograms.dir)
		}
	})
	must(t, modelPrograms.err)
	h := &iisHost{t: t, home: t.TempDir(), bin: t.TempDir(), iis: t.TempDir()}
	must(t, iismodel.Install(modelPrograms.dir, h.bin, h.iis))
	return h
}

// path is PATH for whoever works on the host.
func (h *iisHost) path() string { return h.bin + ":" + os.Getenv("PATH") }

// fails makes IIS fail, as iismodel.FailVariable says it; "" ends that.
func (h *iisHost) fails(rules string) {
	h.t.Helper()
	must(h.t, os.WriteFile(filepath.Join(h.bin, iismodel.FailsFile), []byte(rules), 0o600))
}

// in is the same host for a subtest.
func (h *iisHost) in(t *testing.T) *iisHost {
	same := *h
	same.t = t
	return &same
}

// appcmd asks IIS; nothing to list is "".
func (h *iisHost) appcmd(args ...string) string {
	h.t.Helper()
	out, err := exec.Command(filepath.Join(h.bin, "appcmd"), args...).Output()
	if exit := (*exec.ExitError)(nil); err != nil && (args[0] != "list" || !errors.As(err, &exit) || exit.ExitCode() != 1) {
		h.t.Fatalf("appcmd %q: %v: %s", args, err, out)
	}
	return strings.ReplaceAll(strings.TrimSpace(string(out)), "\r\n", "\n")
}

// folder is what a site serves.
func (h *iisHost) folder(site string) string {
	h.t.Helper()
	return h.appcmd("list", "vdir", site+"/", "/text:physicalPath")
}

// logins says which ways of signing in a site has on.
func (h *iisHost) logins(site string) string {
	h.t.Helper()
	var all []string
	for _, way := range []string{"anonymous", "basic", "windows"} {
		if strings.Contains(h.appcmd("list", "config", site, "/section:"+way+"Authentication", "/config:*", "/xml"), `enabled="true"`) {
			all = append(all, way)
		}
	}
	return strings.Join(all, " ")
}

// calls are all that IIS was asked so far, and what each of them left bound.
func (h *iisHost) calls() []iismodel.Line {
	h.t.Helper()
	all, err := iismodel.Lines(h.iis)
	must(h.t, err)
	return all
}

// written is how many calls have changed something.
func (h *iisHost) written() int {
	n := 0
	for _, c := range h.calls() {
		n = max(n, c.Write)
	}
	return n
}

// heldToRules checks each call of all deployments: IIS would have understood it, and port 80 stayed with the site that came with Windows.
func (h *iisHost) heldToRules() {
	h.t.Helper()
	all := h.calls()
	if len(all) == 0 {
		h.t.Error("nobody has called IIS: this test cannot fail")
	}
	for _, c := range all {
		if c.Exit == iismodel.Refused {
			h.t.Errorf("nothing is written about the call %s %q", c.Program, c.Args)
		}
		for site, bound := range c.Bindings {
			if at := strings.Join(bound, " "); site != "Default Web Site" && strings.Contains(at, ":80:") || site == "Default Web Site" && at != "http/*:80:" {
				h.t.Errorf("after call %d, %s %q, site %s has %s", c.Call, c.Program, c.Args, site, at)
			}
		}
	}
}
