package scripts

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// asScript makes the test binary a program that scripts could be: what it does
// is the variable's text.
const asScript = "SLIPWAY_TEST_AS_SCRIPT"

func init() {
	switch what := os.Getenv(asScript); what {
	case "":
	case "parent": // starts a child and waits for it
		child := asProgram("sleep", os.Getenv("MARK"))
		child.Start()
		os.WriteFile(os.Getenv("MARK")+".new", []byte(strconv.Itoa(child.Process.Pid)), 0o600)
		os.Rename(os.Getenv("MARK")+".new", os.Getenv("MARK"))
		child.Wait()
		os.Exit(0)
	case "leaves": // starts a child and ends
		child := asProgram("sleep", os.Getenv("MARK"))
		child.Start()
		os.WriteFile(os.Getenv("MARK"), []byte(strconv.Itoa(child.Process.Pid)), 0o600)
		os.Exit(3)
	case "polite": // ends with 5 when it is asked to
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, os.Interrupt)
		os.WriteFile(os.Getenv("MARK"), []byte("0"), 0o600)
		<-asked
		os.Exit(5)
	default:
		time.Sleep(time.Minute)
		os.Exit(0)
	}
}

func asProgram(what, mark string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asScript+"="+what, "MARK="+mark)
	return cmd
}

// begun starts the program in a group and waits for its mark, in which it names
// its child.
func begun(t *testing.T, what string) (c *child, pid int) {
	t.Helper()
	mark := filepath.Join(t.TempDir(), "mark")
	c = &child{cmd: asProgram(what, mark), exited: make(chan error, 1)}
	ownGroup(c.cmd)
	if err := startChild(c.cmd, c.exited); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { killGroup(c.cmd) })
	within(t, what+" has begun", func() bool {
		b, err := os.ReadFile(mark)
		pid, _ = strconv.Atoi(string(b))
		return err == nil && len(b) > 0
	})
	return c, pid
}

func within(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func runs(pid int) bool {
	h, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return false
	}
	defer windows.CloseHandle(h)
	event, err := windows.WaitForSingleObject(h, 0)
	return err == nil && event == uint32(windows.WAIT_TIMEOUT)
}

// TestTheWholeTreeIsEnded: what the script started goes with it.
func TestTheWholeTreeIsEnded(t *testing.T) {
	t.Parallel()
	c, pid := begun(t, "parent")
	if !runs(pid) || !groupAlive(c.cmd) {
		t.Fatalf("child %d runs: %t, group alive: %t", pid, runs(pid), groupAlive(c.cmd))
	}
	groupOf(c.cmd).keep()
	killGroup(c.cmd)
	if !c.gone(10 * time.Second) {
		t.Error("the group is still there")
	}
	within(t, "the child is gone", func() bool { return !runs(pid) })
	if code := c.exitCode(); code != killedCode {
		t.Errorf("exit code %d, want %d", code, killedCode)
	}
}

// TestWhatAScriptLeavesBehindGoesOn, as it does elsewhere.
func TestWhatAScriptLeavesBehindGoesOn(t *testing.T) {
	t.Parallel()
	c, pid := begun(t, "leaves")
	if err := ownError(<-c.exited); err != nil {
		t.Fatal(err)
	}
	c.ended = true
	within(t, "the job is let go", func() bool { return groupOf(c.cmd) == nil })
	if c.exitCode() != 3 || groupAlive(c.cmd) || !runs(pid) {
		t.Errorf("exit code %d, group alive %t, what was left behind runs %t; want 3, false, true", c.exitCode(), groupAlive(c.cmd), runs(pid))
	}
	if p, err := os.FindProcess(pid); err == nil {
		p.Kill()
	}
}

// TestOurEndIsTheScriptsEnd kills the process that has the job.
func TestOurEndIsTheScriptsEnd(t *testing.T) {
	t.Parallel()
	mark := filepath.Join(t.TempDir(), "mark")
	ours := exec.Command(os.Args[0], "-test.run=^TestAsTheAttemptsProcess$")
	ours.Env = append(os.Environ(), "SLIPWAY_TEST_ATTEMPT="+mark)
	if err := ours.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	within(t, "the script's child runs", func() bool {
		b, err := os.ReadFile(mark)
		pid, _ = strconv.Atoi(string(b))
		return err == nil && pid > 0 && runs(pid)
	})
	ours.Process.Kill()
	ours.Wait()
	within(t, "the script's child is gone", func() bool { return !runs(pid) })
}

// TestAsTheAttemptsProcess is the process of TestOurEndIsTheScriptsEnd.
func TestAsTheAttemptsProcess(t *testing.T) {
	mark := os.Getenv("SLIPWAY_TEST_ATTEMPT")
	if mark == "" {
		return
	}
	cmd, exited := asProgram("parent", mark), make(chan error, 1)
	ownGroup(cmd)
	if err := startChild(cmd, exited); err != nil {
		t.Fatal(err)
	}
	<-exited
}

// TestItIsAskedFirst: a program that listens may end by itself. It is asked by
// way of the console that it shares with the attempt's process.
func TestItIsAskedFirst(t *testing.T) {
	t.Parallel()
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil {
		t.Skip("Wine passes Ctrl+Break on in no console without a window: this must be tried on Windows")
	}
	if os.Getenv("SLIPWAY_TEST_CONSOLE") == "" {
		ours := exec.Command(os.Args[0], "-test.run=^TestItIsAskedFirst$")
		ours.Env = append(os.Environ(), "SLIPWAY_TEST_CONSOLE=1")
		ours.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW | windows.CREATE_NEW_PROCESS_GROUP}
		if out, err := ours.CombinedOutput(); err != nil {
			t.Errorf("in a process with a console: %v\n%s", err, out)
		}
		return
	}
	c, _ := begun(t, "polite")
	endGroup(c.cmd)
	if !c.gone(10*time.Second) || c.exitCode() != 5 {
		t.Errorf("exit code %d, want 5", c.exitCode())
	}
}

// TestWhoCannotBeAskedIsEnded: without a console there is only the hard way.
func TestWhoCannotBeAskedIsEnded(t *testing.T) {
	t.Parallel()
	ours := exec.Command(os.Args[0], "-test.run=^TestAsOneWithoutAConsole$")
	ours.Env = append(os.Environ(), "SLIPWAY_TEST_CONSOLE=none")
	ours.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS}
	if out, err := ours.CombinedOutput(); err != nil {
		t.Errorf("in a process without a console: %v\n%s", err, out)
	}
}

// TestAsOneWithoutAConsole is the process of TestWhoCannotBeAskedIsEnded.
func TestAsOneWithoutAConsole(t *testing.T) {
	if os.Getenv("SLIPWAY_TEST_CONSOLE") != "none" {
		return
	}
	c, _ := begun(t, "polite")
	endGroup(c.cmd)
	if !c.gone(10*time.Second) || c.exitCode() != killedCode {
		t.Errorf("exit code %d, want %d", c.exitCode(), killedCode)
	}
}

func TestAProgramThatIsNotThere(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(filepath.Join(t.TempDir(), "no.exe"))
	ownGroup(cmd)
	if err := startChild(cmd, make(chan error, 1)); !errors.Is(err, os.ErrNotExist) && !strings.Contains(fmt.Sprint(err), "no.exe") {
		t.Errorf("startChild = %v", err)
	}
}
