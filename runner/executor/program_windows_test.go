package executor

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"

	"slipway/pipelines/task"
)

// theProgram is the executor as it is brought to hosts.
func theProgram(t *testing.T) string {
	t.Helper()
	path := os.Getenv("SLIPWAY_EXECUTOR")
	if path == "" {
		t.Skip("SLIPWAY_EXECUTOR does not say where slipway-executor.exe is; test/windows/run.sh builds it")
	}
	return path
}

// TestTheProgramItself goes the whole way with the program that hosts get.
func TestTheProgramItself(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.program = theProgram(t)
	var hello Hello
	h.ask(&hello, nil, "hello")
	if hello.OS != "windows" || hello.Arch != "amd64" || !strings.HasPrefix(hello.System, "Windows") || !strings.Contains(hello.System, "(") ||
		hello.Home != h.home || hello.FreeBytes == 0 || !strings.HasSuffix(strings.ToLower(hello.Shell), "cmd.exe") || len(hello.ExecutorKey) != 32 {
		t.Errorf("hello = %+v", hello)
	}
	settings, err := json.Marshal(task.Installation{})
	if err != nil {
		t.Fatal(err)
	}
	o := bareOrder("one")
	o.Work, o.Package = task.Work{Kind: task.KindPackage, Settings: settings}, h.deliver("a page")
	o.Variables = []task.Variable{{Name: "Octopus.Tentacle.Agent.ApplicationDirectoryPath", Value: filepath.Join(h.home, "Applications")}}
	lines, end := h.run(o)
	if end.Outcome != task.Succeeded || end.Installed == nil {
		t.Fatalf("end = %+v\n%s", end, texts(lines, task.Note))
	}
	if b, err := os.ReadFile(filepath.Join(end.Installed.Directory, "public", "index.html")); err != nil || string(b) != "a page" {
		t.Errorf("installed %q, %v", b, err)
	}
	again, report := h.follow("one") // from a call that knows nothing of the others
	if len(again) != len(lines) || report.End == nil || report.End.Outcome != task.Succeeded {
		t.Errorf("a second listener heard %d lines of %d and %+v", len(again), len(lines), report)
	}
}

// session is a job that ends with its last handle, as OpenSSH makes for one.
func session(t *testing.T, flags uint32) windows.Handle {
	t.Helper()
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | flags
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		t.Fatal(err)
	}
	return job
}

// inSession runs a call of the executor in the job.
func inSession(t *testing.T, job windows.Handle, cmd *exec.Cmd) error {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_BREAKAWAY_FROM_JOB}
	stdin := cmd.Stdin
	cmd.Stdin = nil
	feed, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(process)
	if err := windows.AssignProcessToJobObject(job, process); err != nil {
		t.Fatal(err)
	}
	// It waits for its order, so it is in the job before it starts anything.
	buf := make([]byte, 64<<10)
	n, _ := stdin.Read(buf)
	feed.Write(buf[:n])
	feed.Close()
	return cmd.Wait()
}

// TestAnAttemptOutlivesItsSession: the session's job is closed while it runs.
func TestAnAttemptOutlivesItsSession(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		flags   uint32
		inWine8 bool
	}{
		{"children may leave", windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK, false},
		{"children leave", windows.JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !tt.inWine8 && windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil {
				t.Skip("Wine 8 does not heed CREATE_BREAKAWAY_FROM_JOB: this must be tried on Windows")
			}
			h := newHost(t)
			job := session(t, tt.flags)
			if err := inSession(t, job, h.command(orderText(t, stepsOrder(t, "one", "sleep 1s", "say still here")), "start")); err != nil {
				t.Fatal(err)
			}
			if running := processOf(h.root("attempts", "one", "started")); isIn(t, job, running.PID) {
				t.Error("the attempt's process is in the session's job")
			}
			windows.CloseHandle(job)
			if lines, last := h.follow("one"); last.End == nil || last.End.Outcome != task.Succeeded || !strings.Contains(texts(lines, task.Stdout), "still here") {
				t.Errorf("after the session: %+v", last.End)
			}
		})
	}
}

func isIn(t *testing.T, job windows.Handle, pid int) bool {
	t.Helper()
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_INFORMATION, false, uint32(pid))
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(process)
	var in int32
	isProcessInJob := windows.NewLazySystemDLL("kernel32.dll").NewProc("IsProcessInJob")
	if ok, _, err := isProcessInJob.Call(uintptr(process), uintptr(job), uintptr(unsafe.Pointer(&in))); ok == 0 {
		t.Fatal(err)
	}
	return in != 0
}

// TestASessionThatLetsNobodyGo: the way out is then WMI. Where that is missing the
// call says so, and nothing has begun.
func TestASessionThatLetsNobodyGo(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	job := session(t, 0)
	defer windows.CloseHandle(job)
	cmd := h.command(orderText(t, stepsOrder(t, "one", "sleep 1s")), "start")
	var words strings.Builder
	cmd.Stderr = &words
	err := inSession(t, job, cmd)
	if err == nil {
		if _, last := h.follow("one"); last.End == nil || last.End.Outcome != task.Succeeded {
			t.Errorf("by way of WMI: %+v", last.End)
		}
		return
	}
	if !strings.Contains(words.String(), "WMI") {
		t.Errorf("start = %v: %s", err, words.String())
	}
	var r task.Report
	if h.ask(&r, nil, "ask", "one"); r.Phase != task.Waiting {
		t.Errorf("ask = %+v, want waiting", r)
	}
}

// TestAListenerThatIsGone is seen by the pipe.
func TestAListenerThatIsGone(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if listenerGone(w) {
		t.Error("gone, and it is there")
	}
	r.Close()
	eventually(t, "the pipe knows", func() bool { return listenerGone(w) })
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if listenerGone(f) {
		t.Error("a file has no listener that could be gone")
	}
}

// TestWordsOfAProcessWithoutStreams go into the file that it is told.
func TestWordsOfAProcessWithoutStreams(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	log := filepath.Join(h.home, "words")
	cmd := h.command(nil, "run", "never-accepted")
	cmd.Env = append(cmd.Env, wordsGoTo+"="+log)
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); !ended {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(log); err != nil || !strings.Contains(string(b), "never-accepted") {
		t.Errorf("words = %q, %v", b, err)
	}
}

func TestEncodedScripts(t *testing.T) {
	t.Parallel()
	if got := encoded("aü"); got != "YQD8AA==" {
		t.Errorf("encoded = %s", got)
	}
	if !strings.Contains(outside, "Win32_Process") || len(encoded(outside)) > 8000 {
		t.Errorf("the script has %d characters on the command line", len(encoded(outside)))
	}
}
