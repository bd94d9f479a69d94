package scripts

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func startChild(cmd *exec.Cmd, exited chan<- error) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { exited <- cmd.Wait() }()
	return nil
}

func endGroup(cmd *exec.Cmd)        { cmd.Process.Kill() }
func killGroup(cmd *exec.Cmd)       { cmd.Process.Kill() }
func groupAlive(cmd *exec.Cmd) bool { return false }

func endSignal(*os.ProcessState) int { return 0 }
