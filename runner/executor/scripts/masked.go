package scripts

import "slipway/runner/executor/masking"

// Stars is what stands in place of a secret.
const Stars = masking.Stars

// Mask hides secrets in text.
type Mask = masking.Mask

// NewMask hides the given values.
func NewMask(values ...string) *Mask { return masking.New(values...) }
