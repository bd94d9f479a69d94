package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/views"
	"slipway/web/api"
	"slipway/web/pages"
	"slipway/web/route"
)

func (s *site) auditRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET " + pages.AuditPath, Needs: pipelines.EventView, Serve: s.auditPage},
		{Pattern: "GET " + pages.AuditExportPath, Needs: pipelines.EventView, Serve: s.api().AuditExport},
	}
}

// auditPage shows the entries that the address asks for.
func (s *site) auditPage(w http.ResponseWriter, r *http.Request) {
	in := r.URL.Query()
	q, err := api.AuditQuery(in)
	q.Limit = 0 // as many as a page has, whatever an address says: the API gives more at once
	v := pages.Audit{Frame: s.pageFrame(r, pages.InAudit, "Audit", "Who did what, when, and from where.")}
	var page views.AuditPage
	if err == nil {
		page, err = s.Views.Audit(r.Context(), s.SignIn.Principal(r), q)
	}
	status := http.StatusOK
	if forPerson(err) {
		v.Problems, status = problemsOf(err, nil), formStatus(err)
	} else if err != nil {
		s.fail(w, r, err)
		return
	}
	filters := onlyFilters(in)
	v.Query = filters.Encode()
	if v.Filter, err = s.auditFilter(r, in, q); err != nil {
		s.fail(w, r, err)
		return
	}
	for _, e := range page.Entries {
		v.Rows = append(v.Rows, s.auditRow(e))
	}
	if page.Next != "" {
		further := onlyFilters(in)
		further.Set("after", page.Next)
		v.Older = pages.AuditPath + "?" + further.Encode()
	}
	if page.Short {
		v.Short = "Looked back to " + page.LookedTo.UTC().Format("2 Jan 2006, 15:04 UTC") + "."
	}
	if q.After != "" {
		v.First = pages.AuditPath + "?" + v.Query
	}
	s.show(w, r, status, pages.AuditPage(v))
}

// onlyFilters is the query without the place in the list.
func onlyFilters(in url.Values) url.Values {
	out := url.Values{}
	for _, name := range []string{"person", "kind", "project", "environment", "since", "until", "text", "subject"} {
		if value := strings.TrimSpace(in.Get(name)); value != "" {
			out.Set(name, value)
		}
	}
	return out
}

func (s *site) auditFilter(r *http.Request, in url.Values, q views.AuditQuery) (pages.AuditFilter, error) {
	p := s.SignIn.Principal(r)
	f := pages.AuditFilter{Person: q.Person, Since: in.Get("since"), Until: in.Get("until"), Text: q.Text, Subject: q.Subject, Any: len(onlyFilters(in)) > 0}
	for _, k := range auditlog.Kinds {
		f.Kinds = append(f.Kinds, pages.AuditOption{Value: k.Name, Text: k.Words, Chosen: strings.EqualFold(k.Name, q.Kind)})
	}
	people, err := s.Views.AuditPeople(r.Context(), p)
	if err != nil {
		return f, err
	}
	for _, u := range people {
		f.People = append(f.People, pages.AuditOption{Value: u.Username, Text: u.Called()})
	}
	f.Kinds = withChosen(f.Kinds, q.Kind, auditlog.Words(q.Kind))
	projects, environments, err := s.Views.AuditPlaces(r.Context(), p)
	for _, name := range projects {
		f.Projects = append(f.Projects, pages.AuditOption{Value: name, Text: name, Chosen: pipelines.SameName(name, q.Project)})
	}
	for _, name := range environments {
		f.Environments = append(f.Environments, pages.AuditOption{Value: name, Text: name, Chosen: pipelines.SameName(name, q.Environment)})
	}
	f.Projects, f.Environments = withChosen(f.Projects, q.Project, q.Project), withChosen(f.Environments, q.Environment, q.Environment)
	return f, err
}

// withChosen keeps a choice that is none of those on offer, like a single
// category, or a project that was removed.
func withChosen(options []pages.AuditOption, value, text string) []pages.AuditOption {
	if value == "" || slices.ContainsFunc(options, func(o pages.AuditOption) bool { return o.Chosen }) {
		return options
	}
	return append(options, pages.AuditOption{Value: value, Text: text, Chosen: true})
}

func (s *site) auditRow(e views.AuditEntry) pages.AuditRow {
	row := pages.AuditRow{
		ID: e.ID, At: s.moment(e.At), What: auditlog.What(e.Event), Message: toSentence(e.Message), Who: cmp.Or(e.Username, "somebody"), Via: wayWords(e.Via), From: e.From,
		Place: strings.TrimSuffix(strings.TrimPrefix(e.ProjectName+", "+e.EnvironmentName, ", "), ", "),
		About: cmp.Or(e.SubjectName, e.Subject), AboutPath: auditPath(e.Event), History: url.Values{"subject": {e.Subject}}.Encode(),
		Refused: e.Category == auditlog.Refused || e.Damaged,
	}
	names := make([]string, 0, len(e.Details))
	for name := range e.Details {
		names = append(names, name)
	}
	slices.Sort(names)
	row.Facts = append(row.Facts, pages.Fact{Label: "When", Text: e.At.UTC().Format("2006-01-02 15:04:05.000 UTC")})
	for _, name := range names {
		switch value := strings.TrimSuffix(e.Details[name], "\n"); {
		case name == "lines":
			row.Lines = diffLines(value)
		case name == "heads":
			row.Facts = append(row.Facts, pages.Fact{Label: "Chains", Text: strconv.Itoa(len(auditlog.Heads(e.Event)))})
		default:
			row.Facts = append(row.Facts, pages.Fact{Label: toSentenceStart(name), Text: value})
		}
	}
	if e.Number == 0 {
		row.Facts = append(row.Facts, pages.Fact{Label: "Chain", Text: "none: it was written before there were chains"})
		return row
	}
	row.Facts = append(row.Facts, pages.Fact{Label: "Chain", Text: e.Subject + ", entry " + strconv.FormatInt(e.Number, 10)}, pages.Fact{Label: "Hash", Text: e.Hash, Code: true})
	return row
}

func toSentenceStart(name string) string {
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// diffLines tells what was from what is.
func diffLines(text string) []pages.AuditDiffLine {
	var out []pages.AuditDiffLine
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		sign := ""
		if strings.HasPrefix(line, "+ ") || strings.HasPrefix(line, "- ") {
			sign, line = line[:1], line[2:]
		}
		out = append(out, pages.AuditDiffLine{Sign: sign, Text: line})
	}
	return out
}

// auditPath is the page of what an entry is about, "" where it has none.
func auditPath(e pipelines.Event) string {
	kind, _, _ := strings.Cut(e.Subject, "-")
	to, known := auditPaths[kind]
	id, ofPackage := auditlog.PackageOf(e.Subject)
	mail, ofMail := auditlog.MailOf(e.Subject)
	switch {
	case ofPackage:
		return pages.PackagePath(id)
	case ofMail:
		return pages.HeldMailPath(mail)
	case !known || e.Category == "Deleted" || e.Subject == "Users-Nobody" || e.Subject == "Users-System":
		return ""
	}
	return to(e.Subject)
}

var auditPaths = map[string]func(id string) string{
	"Deployments": pages.DeploymentPath, "Projects": pages.ProjectPath, "Environments": pages.EnvironmentPath, "Lifecycles": pages.LifecyclePath, "Machines": pages.TargetPath,
	"VariableSets": pages.VariableSetPath, "Feeds": pages.FeedPath, "Users": pages.UserPath, "Teams": pages.TeamPath, "UserRoles": pages.UserRolePath,
}
