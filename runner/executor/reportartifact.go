package executor

import (
	"fmt"
	"os"
	"path/filepath"

	"slipway/pipelines/task"
)

// artifact reports one file that a script wanted kept, before the end that names
// it. What is too large for that is not lost: it stays on the host, and the end
// says so.
func (r *reporter) artifact(kept *task.Artifact) error {
	file := filepath.Join(r.attempt.Path("artifacts"), kept.SHA256)
	if kept.Size > task.MostReported {
		kept.Missing = fmt.Sprintf("it has %d bytes, and a host that reports through the bucket sends at most %d: it is on the host as %s for 30 days", kept.Size, task.MostReported, file)
		return nil
	}
	body, err := os.ReadFile(file)
	if err != nil {
		kept.Missing = "it cannot be read on the host any more: " + err.Error()
		return nil
	}
	return r.post(r.grant.Reports, "artifact-"+kept.SHA256, body)
}
