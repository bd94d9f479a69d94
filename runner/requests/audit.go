package requests

import (
	"cmp"
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// NoteExport writes down that somebody has exported the audit log, and what the
// export can be recognised by.
func (r *Requests) NoteExport(ctx context.Context, p pipelines.Principal, format string, t auditlog.Trailer) error {
	if !p.AllowsAnywhere(pipelines.EventView) {
		return p.Demand(pipelines.EventView, pipelines.Where{})
	}
	e := r.audit(p, auditlog.Exported, auditlog.OwnChain, fmt.Sprintf("exported %d entries of the audit log as %s (%s)", t.Entries, format, cmp.Or(t.Filter, "all")))
	e.Details = map[string]string{"filter": t.Filter, "digest": t.Digest}
	return r.Records.Tell(ctx, []pipelines.Event{e})
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
