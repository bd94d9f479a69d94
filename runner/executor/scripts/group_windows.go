package scripts

import (
	"os"
	"os/exec"
	"sync"
	"syscall"

	"golang.org/x/sys/windows"
)

// ownGroup makes the script wait before its first instruction, so that it is in
// its job before it can start anything, and lets it be asked to end without us.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.CreationFlags |= windows.CREATE_SUSPENDED | windows.CREATE_NEW_PROCESS_GROUP
}

// groups are the jobs of scripts that run; a script is a *exec.Cmd.
var groups sync.Map

// startChild puts the script into a job and lets it go. Everything it starts is
// in that job too, and dies with our process: the attempt is then unknown and its
// lock free, so nothing of it should go on in secret.
func startChild(cmd *exec.Cmd, exited chan<- error) error {
	j, err := newJob()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		j.close()
		return err
	}
	if err := j.take(cmd.Process.Pid); err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		j.close()
		return err
	}
	groups.Store(cmd, j)
	go func() {
		err := cmd.Wait()
		if j.letGo() {
			groups.Delete(cmd)
		}
		exited <- err
	}()
	return nil
}

func groupOf(cmd *exec.Cmd) *job {
	j, _ := groups.Load(cmd)
	found, _ := j.(*job)
	return found
}

// endGroup asks the script and what it started to end, as Ctrl+Break in their
// console does. Where they share none with us there is only the hard way.
func endGroup(cmd *exec.Cmd) {
	j := groupOf(cmd)
	if j == nil || !j.keep() {
		return
	}
	if windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(cmd.Process.Pid)) != nil {
		j.terminate()
	}
}

func killGroup(cmd *exec.Cmd) {
	if j := groupOf(cmd); j != nil {
		j.terminate()
	}
}

// groupAlive says whether anything is left of a script that has to end.
func groupAlive(cmd *exec.Cmd) bool {
	j := groupOf(cmd)
	if j == nil || j.alive() {
		return j != nil
	}
	groups.Delete(cmd)
	j.close()
	return false
}

// endSignal: there are none here; what was ended by force has an exit code.
func endSignal(*os.ProcessState) int { return 0 }
