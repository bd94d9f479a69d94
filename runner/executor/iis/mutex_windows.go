package iis

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// mutexName is Octopus's own, so that a Tentacle on the same machine and we
// wait for each other.
const mutexName = `Global\Octopus-IIS-Metabase-Mutex`

// sessionName is ours: it keeps executors apart from reading IIS to the last
// change that follows from it, while the other one is held by a single change.
const sessionName = `Global\Slipway-IIS`

// slice is how long one wait goes before somebody looks whether to go on.
const slice = 5000 // ms, as Octopus waits

// Rights of a mutex that x/sys has no names for.
const (
	synchronize      = 0x00100000
	mutexModifyState = 0x0001
)

// everybody may use the mutex: deployments and a Tentacle run as different
// users.
const everybody = "D:(A;;GA;;;WD)"

// OneAtATime is the right to change IIS, machine-wide.
func OneAtATime(func(context.Context, string) (func(), error)) func(context.Context) (func(), error) {
	return func(ctx context.Context) (func(), error) { return holdMutex(ctx, mutexName) }
}

// holdSession waits for all other executors that serve this machine.
func holdSession(ctx context.Context) (leave func(), err error) { return holdMutex(ctx, sessionName) }

// holdMutex waits for a mutex. A thread owns it, not a process, and a
// goroutine may move from thread to thread: so a goroutine of its own, tied to
// its thread, takes it and gives it back.
func holdMutex(ctx context.Context, name string) (leave func(), err error) {
	taken, free, freed := make(chan error), make(chan struct{}), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(freed)
		mutex, err := openMutex(name)
		if err == nil {
			defer windows.CloseHandle(mutex)
			err = waitFor(ctx, mutex)
		}
		taken <- err
		if err != nil {
			return
		}
		<-free
		windows.ReleaseMutex(mutex)
	}()
	if err := <-taken; err != nil {
		return nil, fmt.Errorf("waiting for %s: %w", name, err)
	}
	return sync.OnceFunc(func() { close(free); <-freed }), nil
}

func openMutex(called string) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(called)
	if err != nil {
		return 0, err
	}
	descriptor, err := windows.SecurityDescriptorFromString(everybody)
	if err != nil {
		return 0, err
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: descriptor}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	mutex, err := windows.CreateMutex(attributes, false, name)
	switch {
	case err == nil, mutex != 0 && errors.Is(err, windows.ERROR_ALREADY_EXISTS):
		return mutex, nil
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		// Somebody else made it and lets us use it, but not own it.
		return windows.OpenMutex(synchronize|mutexModifyState, false, name)
	}
	return 0, err
}

func waitFor(ctx context.Context, mutex windows.Handle) error {
	for {
		switch event, err := windows.WaitForSingleObject(mutex, slice); event {
		case windows.WAIT_OBJECT_0, windows.WAIT_ABANDONED: // abandoned: its owner died, and we have it
			return nil
		case uint32(windows.WAIT_TIMEOUT):
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
		default:
			return err
		}
	}
}
