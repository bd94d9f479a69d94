package views

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"slipway/pipelines"
)

// Mark is one for all that the principal's dashboard shows: as long as it is the
// same, so is what Dashboard gives. It costs a few reads and one for each
// deployment that is alive. Whoever keeps it reads it first: what changes
// meanwhile makes another one.
func (v *Views) Mark(ctx context.Context, p pipelines.Principal) (string, error) {
	counters, err := v.Records.Counters(ctx)
	if err != nil {
		return "", err
	}
	alive, err := v.Records.Active(ctx)
	if err != nil {
		return "", err
	}
	lines := make([]string, len(alive))
	err = v.beside(len(alive), func(i int) error {
		head, err := v.Records.Headline(ctx, alive[i])
		lines[i] = fmt.Sprintf("%s %q %q %d %d\n", alive[i], head.Status, head.Message, head.Started.UnixNano(), head.Ended.UnixNano())
		return err
	})
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s %t %q\n", counters, p.UserID, p.Admin, p.Grants)
	for _, line := range lines {
		fmt.Fprint(sum, line)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12]), nil
}
