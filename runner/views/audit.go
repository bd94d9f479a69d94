package views

import (
	"context"
	"encoding/json"
	"iter"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/records"
)

// AuditQuery asks for entries of the audit log. Project and Environment are
// names or ids; After is the Next of a page before.
type AuditQuery struct {
	auditlog.Filter
	After string
	Limit int // 0: mostAudited
}

// AuditEntry is one entry, with the names that its ids have today.
type AuditEntry struct {
	pipelines.Event
	ProjectName, EnvironmentName string
	// Damaged says that what is stored cannot be read.
	Damaged bool
}

// AuditPage are entries, newest first.
type AuditPage struct {
	Entries []AuditEntry
	// Next leads to what is further back, "" at the end of the log.
	Next string
	// Short says that the page ends before it is full, since one page looks through
	// so many entries only; LookedTo is how far back it has looked.
	Short    bool
	LookedTo time.Time
}

const (
	mostAudited = 50
	// mostLooked bounds what one page looks through, found or not.
	mostLooked = 20_000
)

// Audit is a page of the entries that are asked for and may be seen.
func (v *Views) Audit(ctx context.Context, p pipelines.Principal, q AuditQuery) (AuditPage, error) {
	look, err := v.auditLook(ctx, p, q)
	if err != nil {
		return AuditPage{}, err
	}
	limit := q.Limit
	if limit <= 0 || limit > 1000 {
		limit = mostAudited
	}
	var out AuditPage
	looked, last := 0, ""
	for line, err := range v.Records.AuditLines(ctx, look.span) {
		if err != nil {
			return out, badCursor(err)
		}
		if len(out.Entries) == limit || looked == mostLooked {
			out.Next, out.Short = last, len(out.Entries) < limit
			return out, nil
		}
		looked, last = looked+1, line.Key
		if at, _, _ := strings.Cut(line.Key, "/"); looked%1000 == 0 || looked == 1 {
			out.LookedTo, _ = time.Parse("2006-01-02T15:04:05.000000000Z", at)
		}
		if e, ok := look.entry(line); ok {
			out.Entries = append(out.Entries, e)
		}
	}
	return out, nil
}

func badCursor(err error) error {
	if records.TooLarge(err) {
		return pipelines.Refuse(pipelines.Invalid, "this is no place in the audit log to go on from: begin at its top")
	}
	return err
}

// AuditExport are all entries that are asked for and may be seen, newest first,
// each with the line that it is stored as.
func (v *Views) AuditExport(ctx context.Context, p pipelines.Principal, q AuditQuery) (iter.Seq2[[]byte, AuditEntry], func() error, error) {
	look, err := v.auditLook(ctx, p, q)
	if err != nil {
		return nil, nil, err
	}
	var failed error
	return func(yield func([]byte, AuditEntry) bool) {
		for line, err := range v.Records.AuditLines(ctx, look.span) {
			if err != nil {
				failed = badCursor(err)
				return
			}
			if e, ok := look.entry(line); ok && !yield(line.Line, e) {
				return
			}
		}
	}, func() error { return failed }, nil
}

// WholeAudit says whether a principal may see every entry.
func WholeAudit(p pipelines.Principal) bool {
	return p.Allows(pipelines.EventView, pipelines.Where{})
}

// auditLook is what it takes to look through the log for somebody.
type auditLook struct {
	span                   records.AuditSpan
	filter                 auditlog.Filter
	projects, environments map[string]string // names by id
	by                     pipelines.Principal
	whole                  bool
}

func (v *Views) auditLook(ctx context.Context, p pipelines.Principal, q AuditQuery) (auditLook, error) {
	look := auditLook{filter: q.Filter, by: p, whole: WholeAudit(p), projects: map[string]string{}, environments: map[string]string{}}
	if !p.AllowsAnywhere(pipelines.EventView) {
		return look, p.Demand(pipelines.EventView, pipelines.Where{})
	}
	projects, err := v.Records.Projects(ctx)
	if err != nil {
		return look, err
	}
	for _, one := range projects {
		look.projects[one.ID] = one.Name
		if pipelines.SameName(one.Name, q.Project) {
			look.filter.Project = one.ID
		}
	}
	environments, err := v.Records.Environments(ctx)
	for _, one := range environments {
		look.environments[one.ID] = one.Name
		if pipelines.SameName(one.Name, q.Environment) {
			look.filter.Environment = one.ID
		}
	}
	look.span = records.AuditSpan{Since: q.Since, Until: q.Until, After: q.After}
	return look, err
}

// entry reads a line if it is one that is asked for and may be seen. One that is
// damaged is shown to who sees all.
func (l auditLook) entry(line records.AuditLine) (AuditEntry, bool) {
	if !l.filter.MayMatch(line.Line) {
		return AuditEntry{}, false
	}
	var e pipelines.Event
	if json.Unmarshal(line.Line, &e) != nil {
		at, id, _ := strings.Cut(line.Key, "/")
		e = pipelines.Event{ID: id, Category: "Damaged", Message: "What is stored of this entry cannot be read."}
		e.At, _ = time.Parse("2006-01-02T15:04:05.000000000Z", at)
		return AuditEntry{Event: e, Damaged: true}, l.whole && l.filter.Matches(e)
	}
	if !l.filter.Matches(e) || !l.sees(e) {
		return AuditEntry{}, false
	}
	return AuditEntry{
		Event:       e,
		ProjectName: l.projects[auditlog.ProjectOf(e)], EnvironmentName: l.environments[auditlog.EnvironmentOf(e)],
	}, true
}

// sees says whether the principal may see an entry: where the permission is
// scoped, those about a project or environment within it. What is about none, or
// about one that was removed, takes the permission everywhere.
func (l auditLook) sees(e pipelines.Event) bool {
	if l.whole {
		return true
	}
	project, environment := auditlog.ProjectOf(e), auditlog.EnvironmentOf(e)
	where := pipelines.Where{Project: l.projects[project], Environment: l.environments[environment]}
	if where == (pipelines.Where{}) || project != "" && where.Project == "" || environment != "" && where.Environment == "" {
		return false
	}
	return l.by.Allows(pipelines.EventView, where)
}

// AuditPlaces are the names of the projects and environments whose entries may
// be looked for.
func (v *Views) AuditPlaces(ctx context.Context, p pipelines.Principal) (projects, environments []string, err error) {
	all, err := v.Records.Projects(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range all {
		if p.AllowsIn(pipelines.EventView, one.Name) {
			projects = append(projects, one.Name)
		}
	}
	places, err := v.Records.Environments(ctx)
	for _, one := range places {
		if p.AllowsAnywhere(pipelines.EventView) && (WholeAudit(p) || p.Allows(pipelines.EnvironmentView, pipelines.Where{Environment: one.Name})) {
			environments = append(environments, one.Name)
		}
	}
	return projects, environments, err
}
