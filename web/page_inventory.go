package web

import (
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/web/pages"
)

func (s *site) packagesPage(w http.ResponseWriter, r *http.Request) {
	shelves, err := s.Views.Shelves(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Packages{Frame: s.pageFrame(r, pages.InPackages, "Packages", ""), PushCommand: "slipway push RandomQuotes.1.0.1.nupkg"}
	if len(shelves) > 0 {
		v.Sentence = toSentence(plural(len(shelves), "package"))
	}
	for _, shelf := range shelves {
		v.Items = append(v.Items, pages.PackageRow{
			ID: shelf.Newest.ID, Latest: shelf.Newest.Version, Versions: plural(shelf.Versions, "version"),
			Pushed: s.moment(shelf.Newest.Arrived), By: shelf.Newest.ArrivedBy,
		})
	}
	s.show(w, r, http.StatusOK, pages.PackagesPage(v))
}

func (s *site) packagePage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	versions, err := s.Views.PackageVersions(r.Context(), p, r.PathValue("package"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	id := versions[0].ID
	installed, err := s.Views.Installed(r.Context(), p, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.PackageVersions{
		Frame: s.pageFrame(r, pages.InPackages, id, toSentence(plural(len(versions), "version")), pages.Crumb{Text: "Packages", Path: pages.PackagesPath}),
		ID:    id,
	}
	for _, one := range versions {
		v.Items = append(v.Items, pages.PackageVersion{
			Version: one.Version, Size: size(one.Size), SHA256: one.SHA256,
			Pushed: s.moment(one.Arrived), By: one.ArrivedBy, Where: whereRuns(one, installed),
		})
	}
	s.show(w, r, http.StatusOK, pages.PackageVersionsPage(v))
}

// whereRuns are the places where this very version runs now.
func whereRuns(p pipelines.Package, installed []pipelines.Deployment) []pages.DeployedAt {
	var out []pages.DeployedAt
	for _, d := range installed {
		if chosen, ok := (pipelines.Release{Packages: d.Packages}).Selects(p.ID); ok && chosen.SHA256 == p.SHA256 {
			out = append(out, pages.DeployedAt{Project: d.Project, Environment: d.Environment, DeploymentID: d.ID})
		}
	}
	return out
}

func (s *site) targetsPage(w http.ResponseWriter, r *http.Request) {
	targets, err := s.Views.Targets(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Targets{
		Frame:      s.pageFrame(r, pages.InTargets, "Targets", ""),
		AddCommand: "slipway target add web-1 --ssh deploy@web-1.example.org --role web --environment Dev",
	}
	if len(targets) > 0 {
		v.Sentence = toSentence(plural(len(targets), "target"))
	}
	for _, t := range targets {
		row := pages.TargetRow{
			Name: t.Name, Address: t.Address(), Roles: t.Roles, Environments: t.Environments, Disabled: t.Disabled,
			Health: pages.Unknown, HealthWord: "Never reached", Detail: "To reach it now: slipway target check " + quoted(t.Name),
		}
		if len(t.ExecutorKey) > 0 {
			row.HealthWord = "Reached before" // nobody watches hosts, so more is not known
		}
		v.Items = append(v.Items, row)
	}
	s.show(w, r, http.StatusOK, pages.TargetsPage(v))
}

func (s *site) peoplePage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	users, err := s.Views.Users(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	teams, err := s.Views.Teams(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.People{Frame: s.pageFrame(r, pages.InPeople, "People", "Users and teams are kept as text: slipway apply changes them.")}
	for _, u := range users {
		v.Users = append(v.Users, userRow(u, teams))
	}
	for _, t := range teams {
		v.Teams = append(v.Teams, pages.TeamRow{Name: t.Name, Members: called(users, t.Members)})
	}
	s.show(w, r, http.StatusOK, pages.PeoplePage(v))
}

func userRow(u pipelines.User, teams []pipelines.Team) pages.UserRow {
	row := pages.UserRow{Name: u.Username, Display: u.Called(), Mail: u.Mail}
	for _, t := range teams {
		if t.Has(u.Username) {
			row.Teams = append(row.Teams, t.Name)
		}
	}
	var notes []string
	if u.Admin {
		notes = append(notes, "administrator")
	}
	if u.Disabled {
		notes = append(notes, "disabled")
	}
	row.Note = strings.Join(notes, ", ")
	return row
}

// called are the names to show for members, as far as they may be seen.
func called(users []pipelines.User, members []string) []string {
	out := make([]string, len(members))
	for i, m := range members {
		out[i] = m
		for _, u := range users {
			if pipelines.SameName(u.Username, m) {
				out[i] = u.Called()
			}
		}
	}
	return out
}
