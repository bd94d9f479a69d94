package requests

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// notTaken writes down that a pushed file was refused, where the fault is the
// file's, and hands the refusal on. It also says where it could not be written.
func (r *Requests) notTaken(ctx context.Context, p pipelines.Principal, fileName string, why error) error {
	if code := pipelines.CodeOf(why); code != pipelines.Invalid && code != pipelines.Conflict {
		return why
	}
	name := namedBriefly(fileName)
	entry := r.audit(p, "PackageRefused", auditlog.ArrivalSubject(name), fmt.Sprintf("refused %s: %v", name, why))
	if err := r.Records.Tell(ctx, []pipelines.Event{entry}); err != nil {
		return errors.Join(why, err)
	}
	return why
}

// namedBriefly is a name that somebody else has chosen, short enough for an entry.
func namedBriefly(fileName string) string {
	const most = 200
	if len(fileName) <= most {
		return fileName
	}
	return strings.ToValidUTF8(fileName[:most], "") + "…"
}
