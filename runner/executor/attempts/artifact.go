package attempts

import (
	"context"
	"fmt"

	"slipway/pipelines/task"
)

// artifact reports one file that a script wanted kept, before the end that names
// it. What is too large for that is not lost: it stays on the host, and the end
// says so.
func (r *reporter) artifact(ctx context.Context, kept *task.Artifact) error {
	if kept.Size > task.MostReported {
		kept.Missing = fmt.Sprintf("it has %d bytes, and a host that reports through the bucket sends at most %d: it is on the host as %s for 30 days", kept.Size, task.MostReported, r.attempt.Path("artifacts/"+kept.SHA256))
		return nil
	}
	body, err := r.attempt.Artifact(kept.SHA256)
	if err != nil {
		kept.Missing = "it cannot be read on the host any more: " + err.Error()
		return nil
	}
	return r.post(ctx, r.grant.Reports, "artifact-"+kept.SHA256, body)
}
