package conditions

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// Error says what is wrong with an expression, or why it cannot be answered,
// and where. Line and Column count from 1; 0 is the expression as a whole.
type Error struct {
	Line, Column int
	Message      string
}

func (e *Error) Error() string {
	switch {
	case e.Column == 0:
		return e.Message
	case e.Line > 1:
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
	}
	return fmt.Sprintf("column %d: %s", e.Column, e.Message)
}

// errorAt is an Error about a part of the text.
func errorAt(text string, n ast.Node, format string, args ...any) *Error {
	out := &Error{Line: 1, Column: 1, Message: fmt.Sprintf(format, args...)}
	left := n.Location().From
	for _, r := range text {
		if left--; left < 0 {
			break
		}
		out.Column++
		if r == '\n' {
			out.Line, out.Column = out.Line+1, 1
		}
	}
	return out
}

// translated says what the language's own errors mean, in our words.
func translated(err error) error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	theirs, ok := errors.AsType[*file.Error](err)
	if !ok {
		return &Error{Message: err.Error()}
	}
	out := &Error{Line: theirs.Line, Column: theirs.Column + 1, Message: theirs.Message}
	switch message := theirs.Message; {
	case strings.Contains(message, "exceeds maximum allowed nodes"):
		out.Message = fmt.Sprintf("a condition has at most %d parts: put some of it into a variable", mostNodes)
	case strings.Contains(message, "memory budget exceeded"):
		out.Message = fmt.Sprintf("a list in a condition has at most %d entries", mostEntries)
	case strings.HasPrefix(message, "unexpected token EOF"):
		out.Message = "the condition ends too early: something is missing here"
	case strings.HasPrefix(message, `unexpected token Operator("=")`):
		out.Message = "= compares nothing: compare with =="
	case strings.HasPrefix(message, "unexpected token"):
		out.Message = "the condition cannot be read here: " + strings.Replace(message, "unexpected token", "unexpected", 1)
	case strings.Contains(message, "mismatched types"):
		out.Message = "this compares what never is alike, " + strings.TrimPrefix(message, "invalid operation: ") + hint(message)
	}
	return out
}

// hint is for the slip of taking a variable for a number.
func hint(message string) string {
	if strings.Contains(message, "string and int") || strings.Contains(message, "int and string") ||
		strings.Contains(message, "string and float64") || strings.Contains(message, "float64 and string") {
		return `: variables and outputs are texts; write the number in quotes, or int(vars["…"])`
	}
	if strings.Contains(message, "string and bool") || strings.Contains(message, "bool and string") {
		return `: variables and outputs are texts; compare with "true" in quotes`
	}
	return ""
}
