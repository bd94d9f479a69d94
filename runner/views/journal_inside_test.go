package views

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/replay"
)

// JournalPieces is Journal in pieces of another size.
func (v *Views) JournalPieces(ctx context.Context, p pipelines.Principal, id string, after int64, most int) (replay.Page, error) {
	return v.journal(ctx, p, id, after, true, most)
}
