//go:build !windows

package ssm

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Shell runs scripts on this machine as the Linux agent does on its own: from a
// file, by sh, with few variables and no HOME, in a process group that is killed
// when its time is over. dir is where the files go.
//
// "Agent does not propagate process environment variables to
// aws:runshellscript." (amazon-ssm-agent, issue 427, with the list of variables)
func Shell(dir string, extra ...string) Run {
	return func(ctx context.Context, instance, script string, stdout, stderr io.Writer) int {
		file := filepath.Join(dir, "_script-"+newID()+".sh")
		if err := os.WriteFile(file, []byte(script), 0o700); err != nil {
			io.WriteString(stderr, err.Error())
			return 1
		}
		defer os.Remove(file)
		cmd := exec.CommandContext(ctx, "sh", file) // read, not executed: another fork of this process may still hold the file open for writing
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, stdout, stderr
		cmd.Env = append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=en_US.UTF-8", "AWS_SSM_INSTANCE_ID=" + instance}, extra...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		cmd.WaitDelay = 5 * time.Second
		err := cmd.Run()
		if ended, ok := errors.AsType[*exec.ExitError](err); ok {
			if code := ended.ExitCode(); code >= 0 {
				return code
			}
			return 137
		}
		if err != nil {
			io.WriteString(stderr, err.Error())
			return 1
		}
		return 0
	}
}
