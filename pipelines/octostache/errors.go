package octostache

import (
	"fmt"
	"strings"
)

// ParseError says where a template stops making sense and what would have.
// Line and Column count from 1, columns in characters.
type ParseError struct {
	Line, Column int
	Message      string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// CycleError says that variables refer to each other in a circle. Names begins
// and ends with the same one.
type CycleError struct {
	Names []string
}

func (e *CycleError) Error() string {
	return "the variables refer to each other in a circle: " + strings.Join(e.Names, " -> ")
}

// LimitError says which bound an evaluation ran into.
type LimitError struct {
	Limit string
	Max   int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the evaluation needs more than %d %s", e.Max, e.Limit)
}

// Failure is a token that can be neither resolved nor echoed, like a Replace
// whose pattern is not a regular expression.
type Failure struct {
	Token string
	Err   error
}

func (e *Failure) Error() string { return e.Token + ": " + e.Err.Error() }

func (e *Failure) Unwrap() error { return e.Err }

// Bounds against hostile texts; no honest one comes near.
const (
	maxNesting = 200       // blocks, options and indexes within each other in one text
	maxAgain   = 200_000   // tokens looked at again because the block around them is not closed
	maxDepth   = 200       // variables read while reading variables
	maxSteps   = 1_000_000 // paths read, expressions and loop rounds
	maxOutput  = 32 << 20  // bytes of one evaluated text
	maxWork    = 1 << 30   // bytes of all texts read and filtered
	maxItems   = 100_000   // items of one loop
	maxIndex   = 4096      // bytes of one literal index

	maxMalformed = 100 // stretches in Result.Malformed
)
