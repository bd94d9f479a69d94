package table

import (
	"errors"
	"strings"
)

var (
	// ErrNotFound is returned by Get when there is no item under the key.
	ErrNotFound = errors.New("no such item")
	// ErrConflict is what a *ConflictError is: a demand did not hold, nothing was written.
	ErrConflict = errors.New("the item is not as demanded")
	// ErrInvalid is what all breaches of the limits and forms of this package are. Asking again cannot help.
	ErrInvalid = errors.New("not a legal request to the table")
	// ErrClosed is returned by a table that was closed. After it a Write has not happened.
	ErrClosed = errors.New("the table is closed")
)

// ConflictError names the changes of a Write whose demands failed, in the order of the changes.
type ConflictError struct{ Keys []Key }

func (e *ConflictError) Error() string {
	names := make([]string, len(e.Keys))
	for i, k := range e.Keys {
		names[i] = k.String()
	}
	return "not as demanded: " + strings.Join(names, ", ")
}

// Is makes errors.Is(err, ErrConflict) true.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }
