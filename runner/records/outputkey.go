package records

import (
	"context"

	"slipway/runner/secrets"
	"slipway/runner/table"
)

// OutputKey is the pair that hosts seal sensitive outputs to.
type OutputKey struct {
	Public  []byte         `json:"public"`
	Private secrets.Sealed `json:"private"`
}

var outputKeyKey = key("meta", "output-key")

// OutputKey reads the pair; false if there is none yet.
func (r *Records) OutputKey(ctx context.Context) (OutputKey, bool, error) {
	k, _, there, err := get[OutputKey](ctx, r, outputKeyKey)
	return k, there, err
}

// AddOutputKey is the change that keeps the first pair.
func AddOutputKey(k OutputKey) Change { return table.Create(outputKeyKey, encode(k)) }
