package scripts

import (
	"fmt"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// killedCode is the exit code of what is ended by force: that of shells elsewhere.
const killedCode = 137

// job is a Windows job object: all processes that a script started, and theirs.
type job struct {
	mu     sync.Mutex
	handle windows.Handle // 0 once it is closed
	kept   bool           // somebody wants to see the group's end
}

// newJob makes a job that ends its processes when we are gone. A program that
// asks for a life of its own by name may have it, as a daemon may elsewhere.
func newJob() (*job, error) {
	handle, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("a job for the script: %w", err)
	}
	j := &job{handle: handle}
	if err := j.limit(windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_BREAKAWAY_OK); err != nil {
		j.close()
		return nil, fmt.Errorf("a job for the script: %w", err)
	}
	return j, nil
}

func (j *job) limit(flags uint32) error {
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = flags
	_, err := windows.SetInformationJobObject(j.handle, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	return err
}

// take puts a process that waits at its beginning into the job and lets it run.
func (j *job) take(pid int) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return fmt.Errorf("the script's process: %w", err)
	}
	defer windows.CloseHandle(process)
	if err := windows.AssignProcessToJobObject(j.handle, process); err != nil {
		return fmt.Errorf("the script's process cannot be put into a job, without which what it starts could not be stopped: %w", err)
	}
	return resume(uint32(pid))
}

// resume lets the threads of a process run that was started waiting: its one.
func resume(pid uint32) error {
	all, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPTHREAD, 0)
	if err != nil {
		return fmt.Errorf("the script's thread: %w", err)
	}
	defer windows.CloseHandle(all)
	entry := windows.ThreadEntry32{}
	entry.Size = uint32(unsafe.Sizeof(entry))
	resumed := 0
	for err := windows.Thread32First(all, &entry); err == nil; err = windows.Thread32Next(all, &entry) {
		if entry.OwnerProcessID != pid {
			continue
		}
		thread, err := windows.OpenThread(windows.THREAD_SUSPEND_RESUME, false, entry.ThreadID)
		if err != nil {
			return fmt.Errorf("the script's thread: %w", err)
		}
		_, err = windows.ResumeThread(thread)
		windows.CloseHandle(thread)
		if err != nil {
			return fmt.Errorf("the script's thread: %w", err)
		}
		resumed++
	}
	if resumed == 0 {
		return fmt.Errorf("process %d of the script has no thread that could be let go", pid)
	}
	return nil
}

// letGo ends our interest in a script that has ended by itself: what it left
// behind goes on. It says false where somebody waits for the whole group.
func (j *job) letGo() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.kept || j.handle == 0 {
		return false
	}
	j.limit(0)
	windows.CloseHandle(j.handle)
	j.handle = 0
	return true
}

// keep has the job stay until its last process is gone; false: it was let go.
func (j *job) keep() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept = j.handle != 0
	return j.kept
}

func (j *job) terminate() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.handle != 0 {
		windows.TerminateJobObject(j.handle, killedCode)
	}
}

func (j *job) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.handle != 0 {
		windows.CloseHandle(j.handle)
		j.handle = 0
	}
}

// accounting is JOBOBJECT_BASIC_ACCOUNTING_INFORMATION.
type accounting struct {
	userTime, kernelTime, periodUserTime, periodKernelTime int64
	pageFaults, processes, active, terminated              uint32
}

func (j *job) alive() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.handle == 0 {
		return false
	}
	var info accounting
	err := windows.QueryInformationJobObject(j.handle, windows.JobObjectBasicAccountingInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)), nil)
	return err == nil && info.active > 0
}
