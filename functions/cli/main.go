package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"slipway/runner/executor"
)

// program is one run of the command line and its surroundings.
type program struct {
	env            func(string) (string, bool)
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	pause          time.Duration // between two questions while following
	patience       time.Duration // for a server that is away while following
	transport      http.RoundTripper

	json bool   // --json
	url  string // --url
}

// Main carries out one command line and returns its exit code. Args begin with
// the program's name.
func Main(ctx context.Context, args []string, env func(string) (string, bool), stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 1 && args[1] == "executor" {
		return executor.Main(ctx, args[2:], stdin, stdout, stderr, env)
	}
	p := &program{
		env: env, stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now,
		pause: 100 * time.Millisecond, patience: 20 * time.Second, transport: newTransport(),
	}
	return p.main(ctx, args[min(1, len(args)):])
}

func (p *program) main(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(append([]string{}, args...)) // of nil cobra would make the process's own
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return p.ended(ctx, root.ExecuteContext(ctx))
}

// root is the tree of verbs, by what one does with them.
func (p *program) root() *cobra.Command {
	root := group("slipway", "Deploy packages to web servers, through environments, with sign-off")
	root.Version = Version()
	root.SetVersionTemplate("slipway {{.Version}}\n")
	for _, of := range []struct {
		title string
		verbs []*cobra.Command
	}{
		{"Run a server:", []*cobra.Command{p.initialize(), p.serve(), p.infra()}},
		{"Say who you are:", []*cobra.Command{p.login(), p.logout(), p.whoami(), p.apiKey()}},
		{"Configure:", []*cobra.Command{p.diff(), p.apply(), p.export(), p.target(), p.feed(), p.variables(), p.template(), p.simulate(), p.secret(), p.user(), p.signInSettings(), p.team(), p.role()}},
		{"Deploy:", []*cobra.Command{p.pack(), p.push(), p.buildInformation(), p.relay(), p.release(), p.deploy(), p.approvals(), p.assign(), p.approve(), p.reject(), p.decide(), p.cancel(), p.retryDeployment()}},
		{"Look:", []*cobra.Command{p.status(), p.search(), p.audit(), p.queue(), p.logs(), p.values(), p.replay(), p.artifacts(), p.open(), p.mail(), p.version()}},
	} {
		root.AddGroup(&cobra.Group{ID: of.title, Title: of.title})
		for _, v := range of.verbs {
			v.GroupID = of.title
			root.AddCommand(v)
		}
	}
	root.Long = root.Short + `.

Exit codes: 0 done, 1 refused or failed, 2 the command line was not understood.
A deployment that is followed ends with 0 succeeded, 1 failed, 3 cancelled, 4 unknown;
a replay that comes out otherwise than it was decided then, with 5.

Who asks, and which server: ` + "`slipway login URL`" + ` keeps both; SLIPWAY_URL and
SLIPWAY_API_KEY take precedence over it, --url over both.`
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().BoolVar(&p.json, "json", false, "answer as JSON, errors on stderr too")
	root.PersistentFlags().StringVar(&p.url, "url", "", "the server's address")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return misuse(c, "%s", err) })
	return root
}

// exit ends the program with a code and says nothing more.
type exit int

func (e exit) Error() string { return "" }

// ended turns the error of a verb into what the person reads and the code.
func (p *program) ended(ctx context.Context, err error) int {
	if err == nil {
		return 0
	}
	if code, ok := errors.AsType[exit](err); ok {
		return int(code)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	p.complain(err)
	if _, ok := errors.AsType[*usageError](err); ok {
		return codeUsage
	}
	if errors.Is(err, errInterrupted) {
		return codeInterrupted
	}
	return codeFailed
}

// The exit codes; see the package comment.
const (
	codeFailed      = 1
	codeUsage       = 2
	codeCancelled   = 3
	codeUnknown     = 4
	codeInterrupted = 130 // as a shell says it of Ctrl-C
)

var errInterrupted = errors.New("interrupted")
