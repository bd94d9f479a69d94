package runner

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/runner/hosts"
)

// checkTime is how long a host may take to answer a check.
const checkTime = 30 * time.Second

// Check asks a target for its facts, and pins its sealing key at first
// contact. The error says why it cannot be used.
func (r *Runner) Check(ctx context.Context, t pipelines.Target) (hosts.Facts, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	target, over, err := r.Reach(ctx, t)
	if err != nil {
		return hosts.Facts{}, err
	}
	facts, err := over.Ready(ctx, target)
	if err != nil {
		return facts, err
	}
	return facts, r.pin(ctx, &target, facts)
}
