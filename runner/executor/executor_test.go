package executor

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/nacl/box"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

func TestCallsThatCannotBeUnderstood(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	for _, tt := range []struct {
		args []string
		code int
	}{
		{nil, 2}, {[]string{"dance"}, 2}, {[]string{"ask"}, 2}, {[]string{"--root"}, 2}, {[]string{"hello", "x"}, 2},
		{[]string{"ask", "../x"}, 1}, {[]string{"ask", ".nginx"}, 1}, {[]string{"attach", "a", "x"}, 1}, {[]string{"attach", "a", "-1"}, 1},
		{[]string{"holds", "XYZ"}, 1}, {[]string{"start"}, 1}, {[]string{"deliver"}, 1},
	} {
		_, words, code := h.call(nil, tt.args...)
		if code != tt.code || strings.Count(words, "\n") != 1 {
			t.Errorf("%v = exit %d %q, want exit %d and one sentence", tt.args, code, words, tt.code)
		}
	}
}

func TestHelloKeepsItsKey(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	var first, second Hello
	h.ask(&first, nil, "hello")
	h.ask(&second, nil, "hello")
	if len(first.ExecutorKey) != 32 || !bytes.Equal(first.ExecutorKey, second.ExecutorKey) {
		t.Errorf("keys %x and %x, want the same 32 bytes", first.ExecutorKey, second.ExecutorKey)
	}
	if first.OS == "" || first.Home != h.home || first.FreeBytes == 0 || first.Missing == nil || first.NoSudo == nil {
		t.Errorf("hello = %+v", first)
	}
	info, err := os.Stat(h.root("key"))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("key file %v, %v, want 0600", info, err)
	}
}

func TestDeliverKeepsOnlyWhatMatches(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	body := []byte("the bytes of a package")
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	deliver := func(p task.Package, bytesSent []byte) (string, int) {
		head, _ := json.Marshal(p)
		_, words, code := h.call(bytes.NewReader(append(append(head, '\n'), bytesSent...)), "deliver")
		return words, code
	}
	holds := func() bool {
		var a struct{ Holds bool }
		h.ask(&a, nil, "holds", hash)
		return a.Holds
	}
	p := task.Package{FileName: "x.1.0.zip", SHA256: hash, Size: int64(len(body))}
	if words, code := deliver(p, body[:5]); code != 1 || !strings.Contains(words, "5 of 22 bytes") {
		t.Errorf("half a package = exit %d %s", code, words)
	}
	if words, code := deliver(p, bytes.ToUpper(body)); code != 1 || !strings.Contains(words, "SHA-256") {
		t.Errorf("another package = exit %d %s", code, words)
	}
	if holds() {
		t.Error("holds before the delivery worked")
	}
	if words, code := deliver(p, body); code != 0 || !holds() {
		t.Errorf("the package = exit %d %s, holds %v", code, words, holds())
	}
	left, _ := filepath.Glob(h.root("packages", ".new-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestScriptOrders(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		body    string
		change  func(*task.Order)
		want    task.Outcome
		code    int
		message string // in the end's message
		out     string // all of stdout
		err     string // all of stderr
	}{
		{name: "speaks", body: "echo hello #{Name}\necho oops >&2", want: task.Succeeded, out: "hello world\n", err: "oops\n"},
		{name: "crlf", body: "if true; then\r\necho a\r\nfi\r\n", want: task.Succeeded, out: "a\n"},
		{name: "code", body: "exit 7", want: task.Failed, code: 7, message: "exit code 7"},
		{name: "killed", body: "kill -9 $$", want: task.Failed, code: 137, message: "exit code 137"},
		{name: "reason", body: "fail_step 'no luck'", want: task.Failed, code: 1, message: "no luck"},
		{name: "unresolved", body: "echo before; echo #{Nobody}", want: task.Failed, message: "Nobody"},
		{name: "fresh folder", body: "ls -A | wc -l; touch x", want: task.Succeeded, out: "0\n"},
		{name: "asks", body: "get_octopusvariable \"It's \\\"odd\\\"\"; get_octopusvariable unknown", want: task.Succeeded, out: "a'b\\n\n"},
		{name: "no arguments, no input", body: "echo $#; cat", want: task.Succeeded, out: "0\n"},
		{name: "expired", body: "echo never", change: func(o *task.Order) { o.Expires = time.Now().Add(-time.Second) }, want: task.Failed, message: "nothing ran"},
		{name: "other language", change: func(o *task.Order) { o.Work.Settings = json.RawMessage(`{"syntax":"cobol"}`) }, want: task.Failed, message: "cobol"},
		{name: "other kind", change: func(o *task.Order) { o.Work.Kind = "teleport" }, want: task.Failed, message: "teleport"},
		{name: "too long", body: "echo begun; sleep 60", change: func(o *task.Order) { o.Timeout = task.Duration(300 * time.Millisecond) }, want: task.Failed, code: 143, message: "time limit", out: "begun\n"},
		{name: "missing secret", body: "echo never", change: func(o *task.Order) { o.Variables = append(o.Variables, task.Variable{Name: "Key", Secret: true}) }, want: task.Failed, message: "Key"},
		{name: "foreign seal", body: "echo never", change: func(o *task.Order) { o.Sealed = []byte("not for this host at all, whatever it is, sorry") }, want: task.Failed, message: "another key"},
		{name: "daemon", body: "sleep 3 & echo started", want: task.Succeeded, out: "started\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			order := scriptOrder
			if tt.body == "" || tt.body == "echo never" {
				order = unrunOrder
			}
			o := order(t, "one", tt.body)
			o.Variables = []task.Variable{{Name: "Name", Value: "#{Other}"}, {Name: "Other", Value: "world"}, {Name: `It's "odd"`, Value: "a'b\\n"}}
			if tt.change != nil {
				tt.change(&o)
			}
			lines, end := h.run(o)
			if end.Outcome != tt.want || end.ExitCode != tt.code && tt.code != 143 || !strings.Contains(end.Message, tt.message) {
				t.Errorf("end = %+v, want %s with code %d and %q", end, tt.want, tt.code, tt.message)
			}
			if got := texts(lines, task.Stdout); got != tt.out && got != strings.TrimSuffix(tt.out, "\n") {
				t.Errorf("stdout = %q, want %q", got, tt.out)
			}
			if got := texts(lines, task.Stderr); got != tt.err {
				t.Errorf("stderr = %q, want %q", got, tt.err)
			}
			if _, err := os.Stat(h.root("attempts", "one", "work")); err == nil {
				t.Error("the attempt's private folder is still there")
			}
		})
	}
}

func TestNewerFormatIsRefusedAndNotKept(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := unrunOrder(t, "future", "echo never")
	o.Format = task.Format + 1
	_, words, code := h.call(orderText(t, o), "start")
	if code != 1 || !strings.Contains(words, "format") {
		t.Errorf("start = exit %d %s", code, words)
	}
	var r task.Report
	h.ask(&r, nil, "ask", "future")
	if r.Phase != task.Absent {
		t.Errorf("ask = %+v, want absent", r)
	}
}

func TestOutputsReachTheEnd(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	_, end := h.run(scriptOrder(t, "one", "set_octopusvariable Greeting $'two\\nlines'\nset_octopusvariable Empty ''\nset_octopusvariable Hidden abcdef -sensitive; echo abcdef"))
	if end.Outputs["Greeting"] != "two\nlines" || len(end.Outputs) != 2 {
		t.Errorf("outputs = %q", end.Outputs)
	}
}

func TestSecretsStayOffTheDiskAndOutOfTheLog(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	var hello Hello
	h.ask(&hello, nil, "hello")
	const password, pem = "hunter2-hunter2", "-----BEGIN KEY-----\nAAAABBBBCCCCDDDD\n-----END KEY-----\n"
	secrets, _ := json.Marshal(map[string]string{"Password": password, "Key": pem})
	var key [32]byte
	copy(key[:], hello.ExecutorKey)
	sealed, err := box.SealAnonymous(nil, secrets, &key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o := scriptOrder(t, "one", `echo "plain #{Password}"
printf hunter2; sleep 0.05; printf -- '-hunter2\n'
get_octopusvariable Key
get_octopusvariable Password | base64
echo "$(get_octopusvariable Password)" >&2
set_octopusvariable Leak "x$(get_octopusvariable Password)"
tr '\0' ' ' < /proc/$$/cmdline; echo
tr '\0' ' ' < /proc/$$/environ | grep -c unter2
half=AAAA; grep -rl "${half}BBBB" "$HOME/.slipway" && echo found on disk
fail_step "because of #{Password}"`)
	o.Variables = []task.Variable{{Name: "Password", Secret: true}, {Name: "Key", Secret: true}}
	o.Sealed = sealed
	lines, end := h.run(o)
	all, _ := json.Marshal([]any{lines, end})
	for _, secret := range []string{"unter2", "AAAABBBB", "aHVudGVyMi1"} {
		if strings.Contains(string(all), secret) {
			t.Errorf("%q is in the report: %s", secret, all)
		}
	}
	if out := texts(lines, task.Stdout); !strings.Contains(out, "plain ********\n********\n") || !strings.Contains(out, "bash") || strings.Contains(out, "found on disk") {
		t.Errorf("stdout = %s", out)
	}
	if end.Outcome != task.Failed || !strings.Contains(end.Message, "because of ********") || end.Outputs["Leak"] != "x********" {
		t.Errorf("end = %+v", end)
	}
	filepath.WalkDir(h.home, func(path string, d os.DirEntry, err error) error {
		if b, _ := os.ReadFile(path); strings.Contains(string(b), "hunter2-hunter2") || strings.Contains(string(b), "AAAABBBB") {
			t.Errorf("%s holds a secret", path)
		}
		return nil
	})
}

// TestStopEndsWhatRuns, whatever it is.
func TestStopEndsWhatRuns(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	mark := filepath.Join(h.home, "mark")
	h.start(stepsOrder(t, "one", "mark "+mark, "sleep 60s"))
	eventually(t, "it runs", func() bool { return count(t, mark) == 1 })
	running := processOf(h.root("attempts", "one", "started"))
	var r task.Report
	if h.ask(&r, nil, "stop", "one"); r.Phase != task.Ended || r.End.Outcome != task.Cancelled {
		t.Errorf("stop = %+v, want cancelled", r)
	}
	eventually(t, "its process is gone", func() bool { return !ledger.System().Alive(running) })
	if _, end := h.run(stepsOrder(t, "two", "say free")); end.Outcome != task.Succeeded {
		t.Errorf("the next attempt = %+v, the target should be free", end)
	}
}

// TestAnotherProcessWithTheSameNumber is not taken for the attempt's: a number is
// given again soon, and only with its time of birth it is a name.
func TestAnotherProcessWithTheSameNumber(t *testing.T) {
	t.Parallel()
	me := ledger.System().Self()
	if !ledger.System().Alive(me) {
		t.Fatalf("%+v is dead, and it is this test", me)
	}
	me.Started += "1"
	if ledger.System().Alive(me) {
		t.Errorf("%+v lives", me)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	var r task.Report
	if h.ask(&r, nil, "stop", "never"); r.Phase != task.Absent {
		t.Errorf("stop of an unknown attempt = %+v", r)
	}
	mark := filepath.Join(h.home, "mark")
	h.start(scriptOrder(t, "one", "sleep 61 & echo $$ $! > "+mark+".new; mv "+mark+".new "+mark+"; wait"))
	eventually(t, "script runs", func() bool { _, err := os.Stat(mark); return err == nil })
	if h.ask(&r, nil, "stop", "one"); r.Phase != task.Ended || r.End.Outcome != task.Cancelled {
		t.Errorf("stop = %+v, want cancelled", r)
	}
	pids, _ := os.ReadFile(mark)
	for pid := range strings.FieldsSeq(string(pids)) {
		b, _ := os.ReadFile("/proc/" + pid + "/cmdline")
		if strings.Contains(string(b), "sleep") || strings.Contains(string(b), "bash") {
			t.Errorf("process %s still runs: %q", pid, b)
		}
	}
	_, end := h.run(scriptOrder(t, "two", "true"))
	if end.Outcome != task.Succeeded {
		t.Errorf("the next attempt = %+v, the target should be free", end)
	}
	if h.ask(&r, nil, "stop", "two"); r.End.Outcome != task.Succeeded {
		t.Errorf("stop after the end = %+v, want it as it was", r)
	}
}
