package web

import (
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/web/pages"
)

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
