package bench

import (
	"syscall"
	"time"
)

// processor is the time that this process has kept processors busy, in its own code and in the system's.
func processor() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
