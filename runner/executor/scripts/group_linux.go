package scripts

import "syscall"

// dieWithParent ends the script when our process is killed: the attempt is
// then unknown and its lock free, so nothing of it should go on in secret.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
