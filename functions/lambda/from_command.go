package lambda

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// underWay are the statuses of a command that is not over.
var underWay = []string{"Pending", "InProgress", "Delayed", "Cancelling"}

// fromCommand tells of the end of an SSM command. EventBridge sends best effort, so nothing may hang on it alone.
func (h *Handler) fromCommand(ctx context.Context, e event) error {
	detail := gjson.GetBytes(e.raw, "detail")
	command, status := detail.Get("command-id").Str, strings.ReplaceAll(detail.Get("status").Str, " ", "")
	if command == "" || status == "" {
		return errors.New("a status change of a command lacks its command-id or its status")
	}
	if slices.Contains(underWay, status) {
		e.log.Debug("a command goes on", "command", command, "status", status)
		return nil
	}
	if h.doors.CommandEnded == nil {
		return closed("status changes of commands")
	}
	return h.doors.CommandEnded(ctx, command, detail.Get("instance-id").Str, status)
}
