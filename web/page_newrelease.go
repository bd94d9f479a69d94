package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/web/pages"
)

// packageField begins the names of the fields that choose versions.
const packageField = "package."

func (s *site) newReleasePage(w http.ResponseWriter, r *http.Request) {
	s.showNewRelease(w, r, http.StatusOK, requests.ReleaseRequest{Project: r.PathValue("project"), Channel: r.FormValue("channel")}, nil)
}

// showNewRelease asks what a release should be; tried is what somebody wanted and
// did not get, because of refused.
func (s *site) showNewRelease(w http.ResponseWriter, r *http.Request, status int, tried requests.ReleaseRequest, refused error) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	project, err := s.Views.Project(ctx, p, tried.Project)
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	v := pages.NewRelease{Project: project.ID, Channel: tried.Channel, Number: tried.Number, Notes: tried.Notes}
	channel, err := project.ChannelNamed(tried.Channel)
	if err != nil { // one that is gone: its proposals cannot be had
		refused = err
		channel, status = project.DefaultChannel(), http.StatusUnprocessableEntity
	}
	v.Channel = channel.Name
	for _, c := range project.AllChannels() {
		v.Channels = append(v.Channels, pages.ChannelChoice{Name: c.Name, Description: c.Description})
	}
	proposal, err := s.Requests.ProposeRelease(ctx, p, project.ID, channel.Name)
	if err != nil && pipelines.CodeOf(err) != pipelines.Conflict {
		s.fail(w, r, err)
		return
	}
	if err != nil {
		v.WhyNot = toSentence(err.Error())
	}
	if len(project.Steps) == 0 {
		v.WhyNot = toSentence("project " + project.Name + " has no steps: a release would deploy nothing. Describe them, and `slipway apply` them")
	}
	for _, one := range proposal.Packages {
		if one.Feed == "" && len(one.Versions)+one.More == 0 && v.WhyNot == "" {
			v.WhyNot = toSentence(one.WhyNot) // there is nothing to choose, in whatever words
		}
	}
	if v.Proposed = proposal.Number; v.Number == "" && refused == nil {
		v.Number = v.Proposed
	}
	v.Packages = packageChoices(proposal, tried)
	if refused != nil {
		v.Problems = append(v.Problems, s.releaseProblems(r, v, tried, refused)...)
	}
	v.Frame = s.pageFrame(r, pages.InDashboard, "Create release", "", projectCrumbs(project.ID, project.Name)...)
	s.show(w, r, status, pages.NewReleasePage(v))
}

func packageChoices(proposal requests.Proposal, tried requests.ReleaseRequest) []pages.PackageChoice {
	out := make([]pages.PackageChoice, len(proposal.Packages))
	for i, one := range proposal.Packages {
		row := pages.PackageChoice{
			ID: fmt.Sprintf("version-%d", i+1), Name: packageField + one.Key(), Package: one.Package, Feed: one.Feed,
			Steps: anded(one.Steps), Chosen: one.Proposed, Versions: one.Versions,
		}
		if asked := tried.Packages[one.Key()]; asked != "" {
			row.Chosen = asked
		}
		var help []string
		if one.WhyNot != "" {
			help = append(help, toSentence(one.WhyNot))
		}
		if one.More > 0 {
			help = append(help, toSentence(plural(one.More, "older version")+" can be named with `slipway release create --package`"))
		}
		row.Help = strings.Join(help, " ")
		out[i] = row
	}
	return out
}

// releaseProblems are what stands in the way of a release, each at its field.
func (s *site) releaseProblems(r *http.Request, v pages.NewRelease, tried requests.ReleaseRequest, refused error) []pages.Problem {
	out := problemsOf(refused, nil)
	if choice, ok := errors.AsType[*requests.ChoiceError](refused); ok {
		for _, p := range v.Packages {
			if p.Name == packageField+choice.Key {
				out[0].Field = p.ID
			}
		}
		return out
	}
	if len(out) > 0 && out[0].Field == "" && s.isAboutNumber(r, tried, refused) {
		out[0].Field = "number"
	}
	return out
}

func (s *site) createRelease(w http.ResponseWriter, r *http.Request) {
	if _, err := s.Views.Project(r.Context(), s.SignIn.Principal(r), r.PathValue("project")); err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	in := requests.ReleaseRequest{
		Project: r.PathValue("project"), Channel: r.PostFormValue("channel"), Number: strings.TrimSpace(r.PostFormValue("number")),
		Notes: strings.ReplaceAll(r.PostFormValue("notes"), "\r\n", "\n"), Packages: map[string]string{},
	}
	for name := range r.PostForm {
		if key, ok := strings.CutPrefix(name, packageField); ok {
			if version := strings.TrimSpace(r.PostForm.Get(name)); version != "" {
				in.Packages[key] = version
			}
		}
	}
	release, err := s.Requests.CreateRelease(r.Context(), s.SignIn.Principal(r), in)
	switch {
	case err == nil:
		s.to(w, r, pages.ReleasePath(release.ProjectID, release.Number))
	case forPerson(err) || pipelines.CodeOf(err) == pipelines.NotFound:
		s.showNewRelease(w, r, releaseStatus(err), in, err)
	default:
		s.fail(w, r, err)
	}
}

// releaseStatus is that of the form shown again; a version that is not there is
// something wrong with what was entered.
func releaseStatus(err error) int {
	if pipelines.CodeOf(err) == pipelines.NotFound {
		return http.StatusUnprocessableEntity
	}
	return formStatus(err)
}

// isAboutNumber says whether another number would help: the one asked for is
// none, or is taken.
func (s *site) isAboutNumber(r *http.Request, in requests.ReleaseRequest, err error) bool {
	if in.Number == "" || pipelines.CodeOf(err) == pipelines.Invalid {
		return in.Number != ""
	}
	_, missing := s.Views.Release(r.Context(), s.SignIn.Principal(r), in.Project, in.Number)
	return missing == nil
}
