package spend

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Where and when the prices below were read: on demand, without free tiers,
// functions on arm64. Other regions differ by up to a half.
const (
	PricesRegion = "us-east-1"
	PricesDate   = "November 2026"
)

// prices are dollars for one of each kind; what is free stands at 0.
var prices = map[Kind]struct {
	dollars float64
	unit    string
}{
	TableWrite:    {0.625e-6, "table write units"},
	TableRead:     {0.125e-6, "table read units"},
	BlobPut:       {5e-6, "bucket writes"},
	BlobGet:       {0.4e-6, "bucket reads"},
	Invocation:    {0.2e-6, "function calls"},
	MemoryTime:    {13.3334e-9, "GB-ms of functions"},
	TimerCall:     {1e-6, "timers"},
	MailSent:      {100e-6, "mails"},
	KeyRequest:    {3e-6, "key requests"},
	SecretRequest: {5e-6, "secret reads"},
	HostCommand:   {0, "commands to hosts"},
	ParameterCall: {0, "parameter reads"},
}

// Dollars is what the counts cost by the prices of this package.
func (c Counts) Dollars() float64 {
	sum := 0.0
	for _, kind := range slices.Sorted(maps.Keys(c)) { // the same sum each time
		sum += prices[kind].dollars * c[kind]
	}
	return sum
}

// Each lists the counts in words, the dearest first: `24 table write units`.
func (c Counts) Each() []string {
	kinds := slices.SortedFunc(maps.Keys(c), func(a, b Kind) int {
		if x, y := prices[a].dollars*c[a], prices[b].dollars*c[b]; x != y {
			if x > y {
				return -1
			}
			return 1
		}
		return strings.Compare(string(a), string(b))
	})
	var out []string
	for _, kind := range kinds {
		unit := prices[kind].unit
		if unit == "" {
			unit = string(kind)
		}
		out = append(out, strconv.FormatFloat(c[kind], 'f', decimals(c[kind]), 64)+" "+unit)
	}
	return out
}

func decimals(n float64) int {
	if n == float64(int64(n)) {
		return 0
	}
	return 1
}

// Money writes an amount that is often far below a cent: `$0.000042`.
func Money(dollars float64) string {
	switch {
	case dollars == 0:
		return "$0"
	case dollars >= 0.01:
		return fmt.Sprintf("$%.2f", dollars)
	}
	return "$" + strings.TrimRight(fmt.Sprintf("%.6f", dollars), "0")
}
