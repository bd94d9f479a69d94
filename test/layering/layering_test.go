// Package layering holds the tree to its one rule: imports go one way, in the
// order in which an event travels (functions → web → runner → pipelines), and
// what is called pure stays pure.
package layering

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list` says of one package.
type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Doc          string
	GoFiles      []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Doc,GoFiles", "slipway/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// rooms are the top-level folders in the order an event travels; a room may
// import itself and those to its right.
var rooms = []string{"functions", "web", "runner", "pipelines"}

func room(path string) int {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "slipway/"), "/")
	return slices.Index(rooms, first)
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "slipway/test") && !strings.HasPrefix(p.ImportPath, "slipway/test") {
				t.Errorf("%s imports %s: what crosses packages in tests is no part of the product", p.ImportPath, imported)
			}
			to := room(imported)
			if from >= 0 && to >= 0 && strings.HasPrefix(imported, "slipway/") && to < from {
				t.Errorf("%s imports %s: imports go %s only, so that what a deployment means never depends on who asks for it", p.ImportPath, imported, strings.Join(rooms, " → "))
			}
		}
	}
}

// impure are packages through which clock, chance, disk or network come in.
func impure(imported string) bool {
	for _, no := range []string{"os", "net", "log", "context", "crypto/rand", "math/rand", "math/rand/v2", "syscall"} {
		if imported == no || strings.HasPrefix(imported, no+"/") {
			return imported != "net/url"
		}
	}
	return false
}

func TestPipelinesAndGraphArePure(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, "slipway/pipelines") && p.ImportPath != "slipway/runner/graph" {
			continue
		}
		for _, imported := range p.Imports {
			if impure(imported) {
				t.Errorf("%s imports %s: the same question must have the same answer, today and in a replay, so time, chance and the outside come in as arguments", p.ImportPath, imported)
			}
		}
	}
}

// The two halves of a step type share only the payload: the server never
// imports what runs on a host, and the host carries nothing of the server.
func TestServerAndExecutorShareOnlyThePayload(t *testing.T) {
	t.Parallel()
	hostMay := []string{"slipway/pipelines", "slipway/pipelines/task", "slipway/pipelines/octostache", "slipway/pipelines/packagefile", "slipway/pipelines/nginxconf", "slipway/pipelines/iisconf", "slipway/pipelines/versions"}
	const configFiles = "slipway/pipelines/configfiles"
	for _, p := range packages(t) {
		host := strings.HasPrefix(p.ImportPath, "slipway/runner/executor") && !strings.HasPrefix(p.ImportPath, "slipway/runner/executor/carried")
		for _, imported := range p.Imports {
			ofHost := strings.HasPrefix(imported, "slipway/runner/executor") && !strings.HasPrefix(imported, "slipway/runner/executor/carried")
			switch {
			case host && strings.HasPrefix(imported, "slipway/") && !ofHost && !slices.Contains(hostMay, imported) && !strings.HasPrefix(imported, configFiles):
				t.Errorf("%s imports %s: the executor is sent to hosts and stays small; it knows %v", p.ImportPath, imported, hostMay)
			case !host && ofHost && !strings.HasPrefix(p.ImportPath, "slipway/functions/") && !strings.HasPrefix(p.ImportPath, "slipway/test/") && !simulatedHost(p.ImportPath, imported):
				t.Errorf("%s imports %s: what a host does is asked for by an order, never called", p.ImportPath, imported)
			}
		}
	}
}

// simulatedHost: the simulator proves the real ledger, so its host is the one
// place of the server's side that has it.
func simulatedHost(from, imported string) bool {
	return strings.HasPrefix(from, "slipway/runner/simulation/simhost") && strings.HasPrefix(imported, "slipway/runner/executor/")
}

// awsAdapters are who may speak AWS's language: everybody else has a port.
var awsAdapters = []string{
	"slipway/runner/awscalls", "slipway/runner/dynamotable", "slipway/runner/s3blobs", "slipway/runner/schedulertimers",
	"slipway/runner/hosts/ssmhosts", "slipway/runner/sesmail", "slipway/runner/kmssecrets", "slipway/runner/rootsecrets",
	"slipway/runner/secretsources", "slipway/functions/setup", "slipway/test/",
}

// onlyIn names third-party modules and the packages that may import them.
var onlyIn = map[string][]string{
	"github.com/aws/aws-sdk-go-v2":    awsAdapters,
	"github.com/aws/smithy-go":        awsAdapters,
	"github.com/aws/aws-lambda-go":    {"slipway/functions/lambda"},
	"github.com/tidwall/gjson":        {"slipway/functions/lambda", "slipway/runner/kept", "slipway/pipelines/feednews"},
	"github.com/johannesboyne":        {"slipway/test/"},
	"github.com/spf13/cobra":          {"slipway/functions/cli"},
	"github.com/expr-lang/expr":       {"slipway/pipelines/conditions"},
	"github.com/goccy/go-yaml":        {"slipway/pipelines/textform", "slipway/functions/cli", "slipway/test/"},
	"github.com/yuin/goldmark":        {"slipway/pipelines/octostache", "slipway/pipelines/markdown"},
	"github.com/bmatcuk/doublestar":   {"slipway/pipelines/configfiles/globs"},
	"golang.org/x/text":               {"slipway/pipelines/configfiles/textfile"},
	"github.com/wneessen/go-mail":     {"slipway/runner/smtpmail"},
	"github.com/dlclark/regexp2":      {"slipway/pipelines/octostache", "slipway/test/"},
	"go.etcd.io/bbolt":                {"slipway/runner/bolttable"},
	"github.com/a-h/templ":            {"slipway/web", "slipway/runner/letters"},
	"golang.org/x/crypto/ssh":         {"slipway/runner/hosts/sshhosts", "slipway/functions/cli", "slipway/test/"},
	"golang.org/x/crypto/argon2":      {"slipway/web/credentials"},
	"github.com/chromedp":             {"slipway/test/"},
	"github.com/emersion":             {"slipway/test/"},
	"github.com/rogpeppe/go-internal": {"slipway/test/"},
}

func TestThirdPartyPackagesStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for module, allowed := range onlyIn {
				if !strings.HasPrefix(imported, module) {
					continue
				}
				if !slices.ContainsFunc(allowed, func(a string) bool { return strings.HasPrefix(p.ImportPath, a) }) {
					t.Errorf("%s imports %s: only %v may, so that it can be replaced in one place", p.ImportPath, imported, allowed)
				}
			}
		}
	}
}

// Only records lays out keys; everybody else asks it.
func TestOnlyRecordsAndItsAdaptersKnowTheTable(t *testing.T) {
	t.Parallel()
	may := []string{"slipway/runner/records", "slipway/runner/bolttable", "slipway/runner/tabletest", "slipway/runner/tabletimers", "slipway/runner/tableblobs", "slipway/runner/dynamotable", "slipway/runner/simulation", "slipway/functions/setup"}
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if (imported == "slipway/runner/table" || imported == "slipway/runner/bolttable") && !slices.Contains(may, p.ImportPath) {
				t.Errorf("%s imports %s: keys are laid out once, in runner/records", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment: one sentence says what it is, and if the sentence needs \"and\", it may be two", p.ImportPath)
		}
	}
}
