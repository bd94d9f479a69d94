package aws

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"slipway/test/emulators/ssm"
	"slipway/test/iismodel"
)

// WindowsAgent stands for the agent of an instance with Windows and IIS, on this machine. There is no PowerShell here: it reads the script
// that is sent, does what its few lines say, and gives its executor, which is this machine's own, the input and the words that stand in it.
// Its IIS is the model's.
type WindowsAgent struct {
	Home     string // what the script calls $env:HOME
	IIS      string // what appcmd and netsh keep
	bin      string // of appcmd and netsh
	executor string
}

// NewWindowsAgent builds what the instance is made of; it goes with the test.
func NewWindowsAgent(t testing.TB) *WindowsAgent {
	t.Helper()
	a := &WindowsAgent{Home: t.TempDir(), IIS: t.TempDir(), bin: t.TempDir(), executor: filepath.Join(t.TempDir(), "executor")}
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", a.executor, "slipway/functions/executor")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		t.Fatalf("the executor does not build: %v\n%s", err, out)
	}
	programs := t.TempDir()
	must(t, iismodel.Build(programs))
	must(t, iismodel.Install(programs, a.bin, a.IIS))
	return a
}

// AddWindows registers it with the fake of Systems Manager under an instance's name.
func (s *Stack) AddWindows(id string, a *WindowsAgent) {
	s.hostsMu.Lock()
	s.windows[id] = a
	s.hostsMu.Unlock()
	s.SSM.Instance(id, "windows", ssm.Online)
}

// Appcmd asks the instance's IIS.
func (a *WindowsAgent) Appcmd(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(a.bin, "appcmd"), args...).Output()
	if err != nil {
		t.Fatalf("appcmd %q: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// quoted is a text of PowerShell in which nothing is replaced.
const quoted = `'((?:[^']|'')*)'`

var (
	hashLine  = regexp.MustCompile(`(?m)^\$hash = ` + quoted + `$`)
	urlLine   = regexp.MustCompile(`(?m)^\$url = ` + quoted + `$`)
	textLine  = regexp.MustCompile(`(?m)^\$text = ` + quoted + `$`)
	fetchLine = regexp.MustCompile(`(?m)^try \{ \$text = \(New-Object Net\.WebClient\)\.DownloadString\(` + quoted + `\) \}`)
	callLine  = regexp.MustCompile(`(?m)^\$text \| & \$executor((?: ` + quoted + `)*)( \| Out-Null)?$`)
	exitLine  = regexp.MustCompile(`(?m)^if \(\$LASTEXITCODE -eq (\d+)\) \{ exit (\d+) \}$`)
	aWord     = regexp.MustCompile(quoted)
)

// run is one command. What the script says otherwise than it is known here ends with 99.
func (a *WindowsAgent) run(ctx context.Context, script string, stdout, stderr io.Writer) int {
	code, err := a.follow(ctx, script, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "the agent for Windows:", err)
		return 99
	}
	return code
}

func (a *WindowsAgent) follow(ctx context.Context, script string, stdout, stderr io.Writer) (int, error) {
	if !strings.Contains(script, `$env:HOME = "$env:SystemDrive\Slipway"`) {
		return 0, errors.New("the script does not say where it is at home")
	}
	if err := bring(ctx, unquote(hashLine, script), unquote(urlLine, script)); err != nil {
		return 0, err
	}
	text := unquote(textLine, script)
	if address := unquote(fetchLine, script); address != "" {
		fetched, err := fetch(ctx, address)
		if err != nil {
			return 0, err
		}
		text = string(fetched)
	}
	call := callLine.FindStringSubmatch(script)
	if call == nil {
		return 0, errors.New("the script calls no executor")
	}
	var words []string
	for _, w := range aWord.FindAllStringSubmatch(call[1], -1) {
		words = append(words, strings.ReplaceAll(w[1], "''", "'"))
	}
	cmd := exec.CommandContext(ctx, a.executor, words...)
	cmd.Dir = a.Home
	cmd.Env = []string{"HOME=" + a.Home, "PATH=" + a.bin + ":" + os.Getenv("PATH")}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text+"\r\n"), stdout, stderr
	if call[len(call)-1] != "" {
		cmd.Stdout = nil
	}
	err := cmd.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || ended.ExitCode() < 0) {
		return 0, err
	}
	code := cmd.ProcessState.ExitCode()
	if m := exitLine.FindStringSubmatch(script); m != nil && m[1] == strconv.Itoa(code) {
		return strconv.Atoi(m[2])
	}
	return code, nil
}

func unquote(line *regexp.Regexp, script string) string {
	m := line.FindStringSubmatch(script)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(m[1], "''", "'")
}

// bring fetches the executor for Windows and compares its hash. It cannot run here.
func bring(ctx context.Context, hash, address string) error {
	packed, err := fetch(ctx, address)
	if err != nil {
		return err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, unpacked); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != hash {
		return fmt.Errorf("the executor came with SHA-256 %s instead of %q", got, hash)
	}
	return nil
}

func fetch(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New("the bucket answers " + answer.Status)
	}
	return io.ReadAll(answer.Body)
}
