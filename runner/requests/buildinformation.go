package requests

import (
	"cmp"
	"context"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/pipelines/packagefile"
)

// TakeBuildInformation keeps where a version of a package comes from, and says
// whether that is news. The same again changes nothing; something else replaces
// what was said before. The package itself may come later.
func (r *Requests) TakeBuildInformation(ctx context.Context, p pipelines.Principal, told pipelines.BuildInformation) (pipelines.BuildInformation, bool, error) {
	if err := p.Demand(pipelines.BuildInformationPush, pipelines.Where{}); err != nil {
		return told, false, err
	}
	told = told.Tidy()
	found := told.Check()
	if err := packagefile.CheckID(told.Package); err != nil && len(found) == 0 {
		found = append(found, pipelines.Problem{Path: "package", Message: err.Error()})
	}
	if len(found) > 0 {
		refusal := pipelines.Refuse(pipelines.Invalid, "build information: %s", found[0].String())
		refusal.Problems = found
		return told, false, refusal
	}
	told.Sent, told.SentBy, told.SentVia = r.Env.Now(), p.Called, p.Via
	kept, news := told, false
	err := r.Records.SaveBuildInformation(ctx, told.Package, told.Version, func(before pipelines.BuildInformation, known bool) (pipelines.BuildInformation, []pipelines.Event) {
		kept, news = told, true
		if known && before.Same(told) {
			kept, news = before, false
			return kept, nil
		}
		return kept, []pipelines.Event{r.builtFrom(p, before, told, known)}
	})
	return kept, news, err
}

// builtFrom is the audit entry; where something was known before, it says what.
func (r *Requests) builtFrom(p pipelines.Principal, before, told pipelines.BuildInformation, known bool) pipelines.Event {
	verb := "told"
	if known {
		verb = "replaced"
	}
	e := r.audit(p, "BuildInformationPushed", auditlog.PackageSubject(told.Package), verb+" where "+told.Package+" "+told.Version+" comes from: "+cmp.Or(told.ShortRevision(told.Revision()), told.Repository, told.BuildNumber, "a build"))
	e.Details = map[string]string{"version": told.Version}
	for _, one := range []struct{ name, was, is string }{
		{"type", string(before.Type), string(told.Type)}, {"repository", before.Repository, told.Repository},
		{"revision", before.Revision(), told.Revision()}, {"branch", before.Branch, told.Branch},
		{"buildNumber", before.BuildNumber, told.BuildNumber}, {"buildUrl", before.BuildURL, told.BuildURL},
		{"commits", counted(before), counted(told)},
	} {
		if one.is != "" {
			e.Details[one.name] = one.is
		}
		if known && one.was != one.is {
			e.Details[one.name+" before"] = cmp.Or(one.was, "none")
		}
	}
	return e
}

func counted(b pipelines.BuildInformation) string {
	if n := len(b.Commits) + b.LeftOut; n > 0 {
		return strconv.Itoa(n)
	}
	return ""
}
