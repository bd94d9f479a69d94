package main

import (
	"fmt"
	"io"
)

// tally counts cases.
type tally struct {
	passed, failed, skipped int
}

func (t tally) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", t.passed, t.failed, t.skipped)
}

// skipped is what a handler returns for a case that this machine cannot check:
// the reason.
type skipped string

func (s skipped) Error() string { return string(s) }

// counts are the tallies by category, in order of first occurrence.
type counts struct {
	order []string
	by    map[string]*tally
}

func (c *counts) of(category string) *tally {
	if c.by == nil {
		c.by = map[string]*tally{}
	}
	if c.by[category] == nil {
		c.by[category] = &tally{}
		c.order = append(c.order, category)
	}
	return c.by[category]
}

// print writes the tallies and, last, their sum.
func (c *counts) print(out io.Writer) tally {
	var sum tally
	for _, category := range c.order {
		t := c.by[category]
		fmt.Fprintf(out, "%-28s %v\n", category, *t)
		sum.passed += t.passed
		sum.failed += t.failed
		sum.skipped += t.skipped
	}
	fmt.Fprintln(out, sum)
	return sum
}
