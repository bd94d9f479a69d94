package ledger

import (
	"strconv"

	"golang.org/x/sys/windows"
)

// bootID is not needed: a creation time in 100 ns steps names a process across
// restarts as well.
func bootID() string { return "" }

// startOf is when the process was made, "" if there is none or it has ended and
// is only kept by those who still hold it. Whether it has ended is asked of the
// process: its exit time means nothing before.
func startOf(pid int) string {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION|windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return ""
	}
	defer windows.CloseHandle(h)
	if event, err := windows.WaitForSingleObject(h, 0); err != nil || event != uint32(windows.WAIT_TIMEOUT) {
		return ""
	}
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &exited, &kernel, &user) != nil {
		return ""
	}
	return strconv.FormatInt(created.Nanoseconds(), 10)
}
