package executor

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"time"

	"slipway/runner/executor/ledger"
)

// Hello is what a host says of itself.
type Hello struct {
	OS          string   `json:"os"`
	Arch        string   `json:"arch"`
	System      string   `json:"system"`
	Shell       string   `json:"shell"`
	Home        string   `json:"home"`
	FreeBytes   int64    `json:"freeBytes"` // for this user, where applications go
	ExecutorKey []byte   `json:"executorKey"`
	Missing     []string `json:"missing"` // needed tools that are not there, one sentence each
	NoSudo      []string `json:"noSudo"`  // commands that password-less sudo refuses
	BootID      string   `json:"bootId"`
}

// hello answers with facts that change rarely, and makes the key at first contact.
func (c *call) hello([]string) error {
	key, err := c.hostKey()
	if err != nil {
		return err
	}
	home, err := c.home()
	if err != nil {
		return err
	}
	shell, _ := c.env(shellName)
	return c.answer(Hello{
		OS: runtime.GOOS, Arch: runtime.GOARCH, System: systemName(), Shell: shell, Home: home,
		FreeBytes: freeBytes(home), ExecutorKey: key.public[:], BootID: ledger.System().BootID(),
		Missing: missingTools(), NoSudo: refusedBySudo(c.ctx),
	})
}

// missingTools names what scripts and packages need and the host lacks. What
// only one kind of work needs, that kind checks itself.
func missingTools() []string {
	missing := []string{}
	for _, tool := range neededTools {
		if _, err := exec.LookPath(tool.name); err != nil {
			missing = append(missing, tool.name+" is not installed: "+tool.why)
		}
	}
	return missing
}

// refusedBySudo tries each command we call through sudo in a harmless way.
// `sudo -l` would also list commands that ask for a password.
func refusedBySudo(ctx context.Context) []string {
	refused := []string{}
	if os.Geteuid() == 0 {
		return refused
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, command := range throughSudo {
		if exec.CommandContext(ctx, "sudo", append([]string{"-n"}, command...)...).Run() != nil {
			refused = append(refused, command[0])
		}
	}
	return refused
}
