package api

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/requests"
	"slipway/runner/views"
	"slipway/web/rest"
	"slipway/web/route"
)

func (a *API) auditRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /v1/audit", Needs: pipelines.EventView, Serve: a.answer(a.audit)},
		{Pattern: "GET /v1/audit/export", Needs: pipelines.EventView, Serve: a.AuditExport},
		{Pattern: "GET /v1/audit/key", Needs: pipelines.EventView, Serve: a.answer(a.auditKey)},
	}
}

func (a *API) auditKey(r *http.Request, p pipelines.Principal) (any, error) {
	key, err := a.Requests.AuditKey(r.Context(), p)
	return rest.AuditKey{Key: key}, err
}

func (a *API) audit(r *http.Request, p pipelines.Principal) (any, error) {
	q, err := AuditQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	page, err := a.Views.Audit(r.Context(), p, q)
	out := rest.Audit{Entries: []rest.AuditEntry{}, Next: page.Next, Short: page.Short}
	if page.Short {
		out.LookedTo = &page.LookedTo
	}
	for _, e := range page.Entries {
		out.Entries = append(out.Entries, rest.AuditEntry{Event: e.Event, ProjectName: e.ProjectName, EnvironmentName: e.EnvironmentName, Damaged: e.Damaged})
	}
	return out, err
}

// AuditQuery reads the filters of an address. An until without a time of day
// takes that day in.
func AuditQuery(in url.Values) (views.AuditQuery, error) {
	text := func(name string) string { return strings.TrimSpace(in.Get(name)) }
	q := views.AuditQuery{After: in.Get("after"), Filter: auditlog.Filter{
		Person: text("person"), Project: text("project"), Environment: text("environment"),
		Kind: text("kind"), Subject: text("subject"), Text: text("text"),
	}}
	for _, value := range []string{q.Person, q.Project, q.Environment, q.Kind, q.Subject, q.Text} {
		if len(value) > 500 {
			return q, pipelines.Refuse(pipelines.Invalid, "a filter of the audit log has at most 500 bytes; got %.40q…", value)
		}
	}
	var err error
	if q.Kind != "" {
		if q.Kind, err = auditlog.ReadKind(q.Kind); err != nil {
			return q, err
		}
	}
	if q.Since, err = auditTime("since", text("since"), 0); err != nil {
		return q, err
	}
	if q.Until, err = auditTime("until", text("until"), 24*time.Hour); err != nil {
		return q, err
	}
	if !q.Since.IsZero() && !q.Until.IsZero() && !q.Since.Before(q.Until) {
		const wrong = "this is before the beginning that is asked for: until comes after since"
		return q, &pipelines.Error{Code: pipelines.Invalid, Message: "until: " + wrong, Problems: []pipelines.Problem{{Path: "until", Message: wrong}}}
	}
	if limit := text("limit"); limit != "" {
		if q.Limit, err = strconv.Atoi(limit); err != nil || q.Limit < 1 || q.Limit > 1000 {
			return q, pipelines.Refuse(pipelines.Invalid, "limit is a number from 1 to 1000; got %.40q", limit)
		}
	}
	return q, nil
}

// auditTime reads a day, which lasts so long, or a moment.
func auditTime(name, text string, lasts time.Duration) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.Add(lasts), nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04"} {
		if at, err := time.Parse(form, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, &pipelines.Error{
		Code: pipelines.Invalid, Message: name + " is a day like 2026-03-01 or a moment like 2026-03-01T12:00:00Z",
		Problems: []pipelines.Problem{{Path: name, Message: "this is a day like 2026-03-01 or a moment like 2026-03-01T12:00:00Z"}},
	}
}

// AuditExport sends all entries that are asked for: as JSON lines, the very ones
// that are stored, or as CSV. What breaks off half-way is broken off for the
// client, too.
//
// It is a GET that writes: one entry, which says that the log was taken, and the
// anchor before it. It is a
// link and a download like others, and changes nothing that anybody has set; all
// that another site could bring about is that an auditor gets a file, and that
// the log says so.
func (a *API) AuditExport(w http.ResponseWriter, r *http.Request) {
	p := a.SignIn.Principal(r)
	q, err := AuditQuery(r.URL.Query())
	format := r.URL.Query().Get("format")
	if err == nil && format != "" && format != "json" && format != "csv" {
		err = pipelines.Refuse(pipelines.Invalid, "the audit log is exported as json or csv; got %.40q", format)
	}
	if err != nil {
		a.Fail(w, r, err)
		return
	}
	q.After, q.Limit = "", 0
	if format != "csv" { // which nobody can check
		if err := a.Requests.BeginExport(r.Context(), p); err != nil {
			a.Fail(w, r, err)
			return
		}
	}
	entries, failed, err := a.Views.AuditExport(r.Context(), p, q)
	if err != nil {
		a.Fail(w, r, err)
		return
	}
	asked, err := a.Views.AuditFilter(r.Context(), p, q)
	if err != nil {
		a.Fail(w, r, err)
		return
	}
	now := a.Requests.Env.Now()
	trailer := auditlog.Trailer{Format: 1, At: now.UTC(), By: p.Username, Filter: q.String()}
	switch {
	case !views.WholeAudit(p):
		trailer.Filter = strings.TrimSpace("seen-by=" + p.Username + " " + trailer.Filter)
	case !q.Whole():
		trailer.Asked = &asked
	}
	out := a.auditWriter(w, format, now)
	digest := sha256.New()
	for line, e := range entries {
		line = append(bytes.ReplaceAll(line, []byte("\n"), []byte(" ")), '\n')
		_, _ = digest.Write(line)
		trailer.Entries++
		if err = out.entry(line, e); err != nil {
			break
		}
	}
	if err == nil {
		err = failed()
	}
	trailer.Digest = hex.EncodeToString(digest.Sum(nil))
	if err == nil { // before the end, which says what the log says
		var last []byte
		if last, err = a.Requests.EndExport(r.Context(), p, out.format(), trailer); err == nil {
			err = out.end(last)
		}
	}
	if err != nil {
		panic(http.ErrAbortHandler) // the answer has begun, and must not look whole
	}
}

// auditWriter writes an export in one form.
type auditWriter interface {
	format() string
	entry(line []byte, e views.AuditEntry) error
	end(last []byte) error
}

func (a *API) auditWriter(w http.ResponseWriter, format string, now time.Time) auditWriter {
	name := "audit-" + now.UTC().Format("2006-01-02T150405Z")
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if format == "csv" {
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		to := csv.NewWriter(w)
		to.UseCRLF = true
		_ = to.Write(auditlog.Columns()) // an error comes again at the end
		return csvAudit{to}
	}
	h.Set("Content-Type", "application/jsonl; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.jsonl"`)
	return jsonAudit{bufio.NewWriterSize(w, 64<<10)}
}

type csvAudit struct{ to *csv.Writer }

func (csvAudit) format() string { return "CSV" }

func (c csvAudit) entry(_ []byte, e views.AuditEntry) error {
	return c.to.Write(auditlog.Row(e.Event, auditlog.Names{Project: e.ProjectName, Environment: e.EnvironmentName, Subject: e.SubjectName}))
}

func (c csvAudit) end([]byte) error {
	c.to.Flush()
	return c.to.Error()
}

type jsonAudit struct{ to *bufio.Writer }

func (jsonAudit) format() string { return requests.InJSON }

func (j jsonAudit) entry(line []byte, _ views.AuditEntry) error {
	_, err := j.to.Write(line)
	return err
}

func (j jsonAudit) end(last []byte) error {
	_, err := j.to.Write(append(last, '\n'))
	if err == nil {
		err = j.to.Flush()
	}
	return err
}
