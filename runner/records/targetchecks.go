package records

import (
	"context"
	"time"

	"slipway/runner/table"
)

// TargetCheck is what the last look at a target has found.
type TargetCheck struct {
	TargetID  string    `json:"targetId"`
	At        time.Time `json:"at"`
	By        string    `json:"by"`
	Problem   string    `json:"problem,omitempty"` // why it cannot be used; "" if it can
	System    string    `json:"system,omitempty"`
	Arch      string    `json:"arch,omitempty"`
	Shell     string    `json:"shell,omitempty"`
	Home      string    `json:"home,omitempty"`
	FreeBytes int64     `json:"freeBytes,omitempty"`
	Missing   []string  `json:"missing,omitempty"`
	NoSudo    []string  `json:"noSudo,omitempty"`
}

// KeepTargetCheck is the change that keeps what a look at a target has found in
// place of the look before.
func KeepTargetCheck(c TargetCheck) Change {
	return table.Put(key("checks", c.TargetID), encode(c))
}

// TargetChecks are the last looks at targets, by their ids.
func (r *Records) TargetChecks(ctx context.Context) (map[string]TargetCheck, error) {
	rows, err := all[TargetCheck](ctx, r, table.Range{Partition: "checks"})
	out := make(map[string]TargetCheck, len(rows))
	for _, c := range rows {
		out[c.TargetID] = c
	}
	return out, err
}

// TargetCheck is the last look at one target, or false.
func (r *Records) TargetCheck(ctx context.Context, targetID string) (TargetCheck, bool, error) {
	c, _, ok, err := get[TargetCheck](ctx, r, key("checks", targetID))
	return c, ok, err
}
