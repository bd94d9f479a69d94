package lambda

import (
	"context"
	"encoding/json"

	"github.com/tidwall/gjson"
)

// own answers another part of Slipway. A refusal reaches the caller as a function error whose type is its code.
func (h *Handler) own(ctx context.Context, e event) ([]byte, error) {
	name := gjson.GetBytes(e.raw, "slipway").Str
	if h.doors.Own == nil {
		return nil, closed("calls of its own, like " + cut(name))
	}
	answer, err := h.doors.Own(ctx, name, e.raw)
	if err != nil {
		return nil, err
	}
	return json.Marshal(answer)
}
