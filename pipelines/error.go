package pipelines

import (
	"errors"
	"fmt"
)

// Code says what kind of refusal an Error is; the ways in (pages, API, command
// line) turn it into a status.
type Code string

// The codes a boundary understands. Everything else is internal.
const (
	Invalid         Code = "invalid"
	NotFound        Code = "not found"
	Conflict        Code = "conflict"
	Forbidden       Code = "forbidden"
	Unauthenticated Code = "unauthenticated"
	Unavailable     Code = "unavailable"
)

// Error is a refusal that a person may read: it names the thing, the rule and
// the way out. Problems, when there are any, are the single findings behind it.
type Error struct {
	Code     Code
	Message  string
	Problems []Problem
	// Lacks and Where say which permission was wanted where, of a refusal that is
	// for want of one.
	Lacks Permission
	Where Where
	// Told says that the audit log has the refusal already.
	Told bool
}

func (e *Error) Error() string { return e.Message }

// Refuse makes an Error of the given code.
func Refuse(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf is the code of the Error in err's chain, or "" for an internal error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Problem is one finding about something written by a person. Path leads to
// the value inside its noun, like `steps[0].nginx.bindings[1].port`; textform
// turns it into file, line and key.
type Problem struct {
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	// Line and Column say where within the text at Path, counted from 1, of a text
	// that has lines of its own; 0 is the text itself.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}
