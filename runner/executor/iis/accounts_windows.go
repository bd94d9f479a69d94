package iis

import (
	"errors"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// MachineAccounts are the users of this host and of its domain.
func MachineAccounts() Accounts { return logons{} }

type logons struct{}

var logonUser = windows.NewLazySystemDLL("advapi32.dll").NewProc("LogonUserW")

// Ways to log on, and errors that x/sys has no names for.
const (
	logonNetwork = 3
	logonBatch   = 4

	errLogonFailure     windows.Errno = 1326
	errRestricted       windows.Errno = 1327
	errHours            windows.Errno = 1328
	errWorkstation      windows.Errno = 1329
	errPasswordExpired  windows.Errno = 1330
	errAccountDisabled  windows.Errno = 1331
	errLogonType        windows.Errno = 1385
	errAccountExpired   windows.Errno = 1793
	errMustChange       windows.Errno = 1907
	errAccountLockedOut windows.Errno = 1909
)

// Check logs the user on as IIS does, as a batch job. IIS gives its pools that
// right itself, so where only the right is missing, the password is tried as
// over the network. A wrong password is tried once: accounts get locked.
func (logons) Check(user, password string) error {
	err := logOn(user, password, logonBatch)
	if errors.Is(err, errLogonType) {
		err = logOn(user, password, logonNetwork)
	}
	switch {
	case errors.Is(err, errLogonFailure):
		return errors.New("Windows knows no such user with this password")
	case errors.Is(err, errPasswordExpired), errors.Is(err, errMustChange):
		return errors.New("its password has expired")
	case errors.Is(err, errAccountDisabled), errors.Is(err, errAccountExpired):
		return errors.New("the account is disabled or has expired")
	case errors.Is(err, errAccountLockedOut):
		return errors.New("the account is locked after too many wrong passwords")
	case errors.Is(err, errRestricted), errors.Is(err, errHours), errors.Is(err, errWorkstation):
		return errors.New("a restriction of the account keeps it from logging on here and now")
	}
	return nil // it can, or nobody can tell: no domain controller, no right to ask
}

func logOn(user, password string, how uintptr) error {
	domain, name, found := strings.Cut(user, `\`)
	if !found {
		domain, name = "", user // name@domain, or whoever Windows finds
	}
	n, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	var d *uint16
	if domain != "" {
		if d, err = windows.UTF16PtrFromString(domain); err != nil {
			return err
		}
	} else if !strings.Contains(name, "@") {
		if d, err = windows.UTF16PtrFromString("."); err != nil {
			return err
		}
	}
	p, err := windows.UTF16PtrFromString(password)
	if err != nil {
		return err
	}
	var token windows.Token
	ok, _, err := logonUser.Call(uintptr(unsafe.Pointer(n)), uintptr(unsafe.Pointer(d)), uintptr(unsafe.Pointer(p)), how, 0, uintptr(unsafe.Pointer(&token)))
	if ok == 0 {
		return err
	}
	return token.Close()
}
