package lambda

import (
	"context"
	"errors"

	"github.com/tidwall/gjson"
)

// fromSchedule tells of a timer. The event is as our own timers wrote it, so they read it again.
func (h *Handler) fromSchedule(ctx context.Context, e event) error {
	if gjson.GetBytes(e.raw, "id").Str == "" {
		return errors.New("a timer without an id rang")
	}
	if h.doors.Rang == nil {
		return closed("timers")
	}
	return h.doors.Rang(ctx, e.raw)
}
