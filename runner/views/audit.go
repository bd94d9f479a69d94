package views

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"slices"
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
	ProjectName, EnvironmentName, SubjectName string
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
	// mostLooked and longestLook bound what one page looks through, found or not, so
	// that it is there at once: most of a year of a log in a file, and less where
	// each page of the store is a call.
	mostLooked  = 200_000
	longestLook = 60 * time.Millisecond
	// longestSettle bounds what one look adds to the rows that make the next ones
	// quick. It is used up only where a log of an earlier version is looked through
	// for the first times.
	longestSettle = 300 * time.Millisecond
	// lookAtClock is after how many entries the time is asked.
	lookAtClock = 500
)

// Audit is a page of the entries that are asked for and may be seen.
func (v *Views) Audit(ctx context.Context, p pipelines.Principal, q AuditQuery) (AuditPage, error) {
	look, err := v.auditLook(ctx, p, q)
	if err != nil {
		return AuditPage{}, err
	}
	if !look.asked.Whole() {
		if err := v.settleAudit(ctx); err != nil {
			return AuditPage{}, err
		}
	}
	limit := q.Limit
	if limit <= 0 || limit > 1000 {
		limit = mostAudited
	}
	var out AuditPage
	looked, last, late, ask := 0, "", v.clock(longestLook), true
	for line, err := range v.Records.AuditLinesFor(ctx, look.span, look.asked) {
		if err != nil {
			return out, badCursor(err)
		}
		if len(out.Entries) == limit || looked == mostLooked || looked > 0 && ask && late() {
			out.Next, out.Short = last, len(out.Entries) < limit
			return out, nil
		}
		looked, last = looked+1, line.Key
		if ask = looked%lookAtClock == 0 || line.Line == nil; ask || looked == 1 {
			at, _, _ := strings.Cut(line.Key, "/")
			out.LookedTo, _ = time.Parse("2006-01-02T15:04:05.000000000Z", at)
		}
		if line.Line == nil {
			continue // many that hold none of it
		}
		if e, ok := look.entry(line); ok {
			out.Entries = append(out.Entries, e)
		}
	}
	return out, nil
}

// settleAudit lets the rows be made by which a look passes by what holds nothing
// of it.
func (v *Views) settleAudit(ctx context.Context) error {
	if v.Env.Now == nil {
		return v.Records.SettleAudit(ctx, time.Time{}, v.clock(0))
	}
	return v.Records.SettleAudit(ctx, v.Env.Now(), v.clock(longestSettle))
}

// clock says when so much time has passed since it was asked for; never, for
// views that have no time.
func (v *Views) clock(lasts time.Duration) func() bool {
	if v.Env.Now == nil {
		return func() bool { return false }
	}
	end := v.Env.Now().Add(lasts)
	return func() bool { return v.Env.Now().After(end) }
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
	asked                  records.AuditAsked
	filter                 auditlog.Filter
	sieve                  *auditlog.Sieve
	projects, environments map[string]string // names by id
	others                 map[string]string // of what else entries are about
	by                     pipelines.Principal
	whole                  bool
	own                    [][]byte // where not whole: one of them is in each line that may be seen
}

func (v *Views) auditLook(ctx context.Context, p pipelines.Principal, q AuditQuery) (auditLook, error) {
	look := auditLook{filter: q.Filter, by: p, whole: WholeAudit(p), projects: map[string]string{}, environments: map[string]string{}}
	if !p.AllowsAnywhere(pipelines.EventView) {
		return look, p.Demand(pipelines.EventView, pipelines.Where{})
	}
	projects, err := v.Records.Shared().Projects(ctx)
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
	if err == nil {
		err = v.nameOthers(ctx, &look)
	}
	look.span = records.AuditSpan{Since: q.Since, Until: q.Until, After: q.After}
	look.sieve = look.filter.Sieve()
	look.asked = records.AuditAsked{Filter: look.filter, Places: look.places()}
	look.own = inLines(look.asked.Places)
	return look, err
}

// nameOthers knows the names of people, teams and targets, and takes a name that
// somebody is called by for the one they sign in with.
func (v *Views) nameOthers(ctx context.Context, look *auditLook) error {
	look.others = map[string]string{}
	users, err := v.Records.Users(ctx)
	if err != nil {
		return err
	}
	known := false
	for _, u := range users {
		look.others[u.ID] = u.Username
		known = known || pipelines.SameName(u.Username, look.filter.Person)
	}
	for _, u := range users {
		if look.filter.Person != "" && !known && pipelines.SameName(u.Called(), look.filter.Person) {
			look.filter.Person = u.Username
			break
		}
	}
	teams, err := v.Records.Teams(ctx)
	if err != nil {
		return err
	}
	for _, t := range teams {
		look.others[t.ID] = t.Name
	}
	targets, err := v.Records.Shared().Targets(ctx)
	for _, t := range targets {
		look.others[t.ID] = t.Name
	}
	return err
}

// AuditPeople are the people whose entries may be looked for: all of them, for who
// may see the whole log and the people, and nobody otherwise.
func (v *Views) AuditPeople(ctx context.Context, p pipelines.Principal) ([]pipelines.User, error) {
	if !WholeAudit(p) || !p.Allows(pipelines.UserView, pipelines.Where{}) {
		return nil, nil
	}
	return v.Records.Users(ctx)
}

// places are the ids of projects and environments of which one is in each entry
// that may be seen; nil where all may be seen.
func (l auditLook) places() []string {
	if l.whole {
		return nil
	}
	out := []string{}
	for id, name := range l.projects {
		if l.by.AllowsIn(pipelines.EventView, name) {
			out = append(out, id)
		}
	}
	for id, name := range l.environments {
		if l.by.Allows(pipelines.EventView, pipelines.Where{Environment: name}) {
			out = append(out, id)
		}
	}
	return out
}

// mostOwn is how many places are looked for in each line. Whoever may see more of
// them sees most of what there is, and finds a page of it soon.
const mostOwn = 20

// inLines are ids as they stand in a line; nil where to look for them says nothing.
func inLines(ids []string) [][]byte {
	if ids == nil || len(ids) > mostOwn {
		return nil
	}
	out := [][]byte{}
	for _, id := range ids {
		out = append(out, []byte(`"`+id+`"`))
	}
	return out
}

// worthReading says whether a line may be one that is asked for and may be seen.
func (l auditLook) worthReading(line []byte) bool {
	if !l.whole && l.own != nil && !slices.ContainsFunc(l.own, func(id []byte) bool { return bytes.Contains(line, id) }) {
		return false
	}
	return l.sieve.Passes(line)
}

// entry reads a line if it is one that is asked for and may be seen. One that is
// damaged is shown to who sees all.
func (l auditLook) entry(line records.AuditLine) (AuditEntry, bool) {
	if !l.worthReading(line.Line) {
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
		Event: e, SubjectName: cmp.Or(l.projects[e.Subject], l.environments[e.Subject], l.others[e.Subject], auditlog.Called(e.Subject)),
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
	all, err := v.Records.Shared().Projects(ctx)
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
