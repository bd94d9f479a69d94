package records

import (
	"errors"
	"fmt"
	"strings"

	"slipway/pipelines"
)

// CorruptError is something stored that this program cannot read: it was damaged,
// or a newer program wrote it. Trying again does not help, so whatever needs it is
// left alone until a person comes. Its code is Unavailable.
type CorruptError struct {
	Key   string // of the item, or the name of the blob
	Newer bool   // a newer program wrote it: that one can read it
	why   error
	says  *pipelines.Error
}

// Of says whether it is part of the deployment, whose giving up would help: its
// record, its turns, its plan.
func (e *CorruptError) Of(deployment string) bool {
	return strings.HasPrefix(e.Key, key("deployment/"+deployment, "").String()) || strings.HasPrefix(e.Key, planBlob(""))
}

func (e *CorruptError) Error() string { return e.says.Message }

// Unwrap gives what people are told, and the cause.
func (e *CorruptError) Unwrap() []error { return []error{e.says, e.why} }

// Corrupt says whether an error means that something stored cannot be read.
func Corrupt(err error) (*CorruptError, bool) { return errors.AsType[*CorruptError](err) }

func corrupt(key string, why error) *CorruptError {
	if isPeople(key) {
		return &CorruptError{Key: key, why: why, says: pipelines.Refuse(pipelines.Unavailable,
			"what is stored as %s cannot be read (%v): it gives no rights, and nothing of it can be changed. Bring the item back from a backup, or have an administrator remove it: `slipway user remove-damaged %s`", key, why, key[strings.LastIndexByte(key, '/')+1:])}
	}
	return &CorruptError{Key: key, why: why, says: pipelines.Refuse(pipelines.Unavailable,
		"what is stored as %s cannot be read (%v): what needs it is held as it is. Bring the item back from a backup, or have an administrator give the deployment up", key, why)}
}

// isPeople says whether a key is one of those from which rights come.
func isPeople(of string) bool {
	for _, kind := range []Kind{Users, Teams, UserRoles} {
		if strings.HasPrefix(of, key("config", string(kind), "").String()) {
			return true
		}
	}
	return false
}

func newer(key string, format, known int) *CorruptError {
	why := fmt.Errorf("format %d", format)
	return &CorruptError{Key: key, Newer: true, why: why, says: pipelines.Refuse(pipelines.Unavailable,
		"%s has format %d, this program understands up to %d: use the newer program", key, format, known)}
}
