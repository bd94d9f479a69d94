package web

import (
	"context"

	"slipway/runner/views"
)

// lostNotes say what others have taken of what a deployment held. The page says
// all else without them.
func (s *site) lostNotes(ctx context.Context, d views.Deployment) []string {
	lost, err := s.Views.Lost(ctx, d)
	if err != nil {
		s.Log.Error("what others have taken", "deployment", d.Deployment.ID, "error", err)
	}
	var out []string
	for _, l := range lost {
		out = append(out, "Its "+l.Claim.Kind+" `"+l.Claim.Value+"` on "+l.Target+" was taken by "+l.Project+" in "+l.Environment+" on "+l.At.UTC().Format("2 Jan 2006, 15:04 UTC")+".")
	}
	return out
}
