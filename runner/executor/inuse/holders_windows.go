package inuse

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The system's restart manager knows who has a file open. It is asked, and
// nothing is restarted.
var (
	restartManager = windows.NewLazySystemDLL("rstrtmgr.dll")
	startSession   = restartManager.NewProc("RmStartSession")
	register       = restartManager.NewProc("RmRegisterResources")
	list           = restartManager.NewProc("RmGetList")
	endSession     = restartManager.NewProc("RmEndSession")
)

// mostHolders is how many are named.
const mostHolders = 8

// holder is RM_PROCESS_INFO.
type holder struct {
	PID      uint32
	Started  windows.Filetime
	Name     [256]uint16
	Service  [64]uint16
	Kind     int32
	Status   uint32
	Session  uint32
	Restarts int32
}

// holders names the programs that have the file open, none where nobody tells.
func holders(path string) []string {
	file, err := windows.UTF16PtrFromString(path)
	if err != nil || list.Find() != nil {
		return nil
	}
	var session uint32
	var key [64]uint16
	if r, _, _ := startSession.Call(uintptr(unsafe.Pointer(&session)), 0, uintptr(unsafe.Pointer(&key[0]))); r != 0 {
		return nil
	}
	defer endSession.Call(uintptr(session))
	if r, _, _ := register.Call(uintptr(session), 1, uintptr(unsafe.Pointer(&file)), 0, 0, 0, 0); r != 0 {
		return nil
	}
	var needed, reasons uint32
	n := uint32(mostHolders)
	var found [mostHolders]holder
	r, _, _ := list.Call(uintptr(session), uintptr(unsafe.Pointer(&needed)), uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(&found[0])), uintptr(unsafe.Pointer(&reasons)))
	if r != 0 || n > mostHolders {
		return nil
	}
	var names []string
	for _, h := range found[:n] {
		names = append(names, fmt.Sprintf("%s (process %d)", windows.UTF16ToString(h.Name[:]), h.PID))
	}
	return names
}
