package lambda

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// panicError is what came of a door that panicked. The stack is for the log only.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// caught makes an error of a panic: the process goes on, and Lambda gives the event again.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = &panicError{p, string(debug.Stack())}
	}
}

// told is an error as it is logged.
func told(err error) []any {
	if p, ok := errors.AsType[*panicError](err); ok {
		return []any{"error", err, "stack", p.stack}
	}
	return []any{"error", err}
}
