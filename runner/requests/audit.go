package requests

import (
	"bytes"
	"cmp"
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/records"
)

// NoteExport writes down that somebody has exported the audit log, and what the
// export can be recognised by. It returns the entry as it is stored.
func (r *Requests) NoteExport(ctx context.Context, p pipelines.Principal, format string, t auditlog.Trailer) ([]byte, error) {
	if !p.AllowsAnywhere(pipelines.EventView) {
		return nil, p.Demand(pipelines.EventView, pipelines.Where{})
	}
	e := r.audit(p, auditlog.Exported, auditlog.OwnChain, fmt.Sprintf("exported %d entries of the audit log as %s (%s)", t.Entries, format, cmp.Or(t.Filter, "all")))
	e.Details = t.Details()
	if err := r.Records.Tell(ctx, []pipelines.Event{e}); err != nil {
		return nil, err
	}
	// It is among the newest; its time may be a moment later than we said.
	for line, err := range r.Records.AuditLines(ctx, records.AuditSpan{Since: e.At}) {
		if err != nil {
			return nil, err
		}
		if bytes.Contains(line.Line, []byte(`"id":"`+e.ID+`"`)) {
			return line.Line, nil
		}
	}
	return nil, fmt.Errorf("the entry %s of the export of the audit log cannot be found", e.ID)
}

// NoteRefusal writes down that somebody known was not allowed what they asked
// for, and which permission was lacking. asked is the request in words.
func (r *Requests) NoteRefusal(ctx context.Context, p pipelines.Principal, asked string, why *pipelines.Error) error {
	if !p.Known() || why.Told {
		return nil
	}
	e := r.audit(p, auditlog.Refused, p.UserID, "refused "+asked+": "+why.Message)
	e.Details = map[string]string{"asked": asked}
	if why.Lacks != "" {
		e.Details["permission"] = string(why.Lacks)
	}
	if why.Where.Project != "" {
		if project, err := r.project(ctx, p, why.Where.Project); err == nil {
			e.Project = project.ID
		}
	}
	if why.Where.Environment != "" {
		if environment, err := r.environment(ctx, p, why.Where.Environment); err == nil {
			e.Environment = environment.ID
		}
	}
	return r.Records.Tell(ctx, []pipelines.Event{e})
}
