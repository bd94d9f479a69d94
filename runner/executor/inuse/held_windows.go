package inuse

import (
	"errors"

	"golang.org/x/sys/windows"
)

// held says whether an error is how Windows words that a file is open. Access
// denied is among them: that is the answer when a file is to be replaced or is
// about to be gone.
func held(err error) bool {
	for _, code := range []error{
		windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION, windows.ERROR_ACCESS_DENIED,
		windows.ERROR_USER_MAPPED_FILE, windows.ERROR_DELETE_PENDING,
	} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
