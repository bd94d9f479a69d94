package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Call is one request to a service.
type Call struct {
	Function, Service, Operation, Resource string
	Signed                                 bool // by a signed address or form: a host or a person used it, not the function
	At                                     time.Time
	Took                                   time.Duration
	Status                                 int
	ErrorCode                              string
	Units                                  float64 // capacity units, as DynamoDB said
	Items                                  int     // DynamoDB: items written
	ItemBytes                              int     // DynamoDB: the largest of them, by its rules
	BodyBytes                              int64
}

// Ledger holds calls in the order they ended. The zero value is ready.
type Ledger struct {
	mu    sync.Mutex
	calls []Call
}

func (l *Ledger) write(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
}

// Calls are those so far for which keep says yes; nil keeps all.
func (l *Ledger) Calls(keep func(Call) bool) []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	if keep == nil {
		return slices.Clone(l.calls)
	}
	var found []Call
	for _, c := range l.calls {
		if keep(c) {
			found = append(found, c)
		}
	}
	return found
}

// Since are the calls after the first n.
func (l *Ledger) Since(n int) []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls[min(n, len(l.calls)):])
}

// Len is how many calls there were.
func (l *Ledger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.calls)
}

// Table prints how often each function called each operation, a line each.
func Table(calls []Call) string {
	counts, units := map[string]int{}, map[string]float64{}
	for _, c := range calls {
		who := c.Function
		if c.Signed {
			who += " (signed for others)"
		}
		key := fmt.Sprintf("%-28s %-16s %s", who, c.Service, c.Operation)
		counts[key]++
		units[key] += c.Units
	}
	var out strings.Builder
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&out, "%6d  %8.1f units  %s\n", counts[key], units[key], key)
	}
	return out.String()
}
