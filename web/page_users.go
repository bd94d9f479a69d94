package web

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

func (s *site) userPage(w http.ResponseWriter, r *http.Request) {
	s.showUser(w, r, http.StatusOK, nil)
}

func (s *site) showUser(w http.ResponseWriter, r *http.Request, status int, problems []pages.Problem) {
	p := s.SignIn.Principal(r)
	person, err := s.Views.Person(r.Context(), p, r.PathValue("user"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	s.show(w, r, status, pages.UserPage(s.userDetail(r, p, person, problems)))
}

func (s *site) userDetail(r *http.Request, p pipelines.Principal, person views.Person, problems []pages.Problem) pages.UserDetail {
	u := person.Noun
	v := pages.UserDetail{
		Frame:  s.pageFrame(r, pages.InPeople, u.Called(), userSentence(u), crumb("People", pages.PeoplePath)),
		Folder: folderOf(u.Owner), Text: s.textOf(records.Users, u),
		Facts:  []pages.Fact{{Label: "Signs in as", Text: u.Username, Code: true}},
		Rights: rightRows(person.Grants),
	}
	if u.Mail != "" {
		v.Facts = append(v.Facts, pages.Fact{Label: "Mail", Text: u.Mail})
	}
	if !u.Service {
		v.Facts = append(v.Facts, pages.Fact{Label: "Password", Text: map[bool]string{true: "set", false: "none yet"}[person.HasPassword]})
	}
	for _, t := range person.Teams {
		v.Teams = append(v.Teams, pages.Link{Text: t.Name, Path: pages.TeamPath(t.ID)})
	}
	switch {
	case u.Admin:
		v.Everything = "Everything: the first administrator, made when the server was set up."
	case person.Admin:
		v.Everything = "Everything: an administrator, " + byTeam(person.Grants) + "."
	}
	if !p.Allows(pipelines.UserEdit, pipelines.Where{}) {
		return v
	}
	v.Edit = pages.EditPath(pages.UserPath(u.ID))
	if u.Service {
		v.Keys = pages.ServiceKeysPath(u.Username)
		return v
	}
	v.Password = &pages.PasswordForm{Path: pages.UserPasswordPath(u.ID), Title: "Set a password", Button: "Set the password of " + u.Username, Problems: problems}
	return v
}

// userSentence says what stands against signing in, if anything does.
func userSentence(u pipelines.User) string {
	switch {
	case u.Disabled:
		return "Disabled: signs in no more, and all keys are refused."
	case u.Service:
		return "A service account: a program that comes in by API keys."
	}
	return ""
}

func byTeam(grants []pipelines.Grant) string {
	for _, g := range grants {
		if g.Permission == pipelines.AdministerSystem {
			return "by the team " + g.Team + " with the role " + g.Role
		}
	}
	return "by a team"
}

// rightRows are grants by permission, in the order in which people read these.
func rightRows(grants []pipelines.Grant) []pages.RightRow {
	var out []pages.RightRow
	for _, i := range pipelines.Permissions() {
		row := pages.RightRow{Name: string(i.Name), Means: i.Means}
		for _, g := range grants {
			if g.Permission == i.Name {
				row.By = append(row.By, pages.RightBy{Where: whereHolds(g.Projects, g.Environments), Team: g.Team, Role: g.Role})
			}
		}
		if len(row.By) > 0 {
			out = append(out, row)
		}
	}
	return out
}

func (s *site) newUserPage(w http.ResponseWriter, r *http.Request) {
	s.showNewUser(w, r, http.StatusOK, pages.NewUser{})
}

func (s *site) showNewUser(w http.ResponseWriter, r *http.Request, status int, v pages.NewUser) {
	if err := s.SignIn.Principal(r).Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		s.fail(w, r, err)
		return
	}
	v.Frame = s.pageFrame(r, pages.InPeople, "Add a user", "A new user is in no team and may do nothing.", crumb("People", pages.PeoplePath))
	s.show(w, r, status, pages.NewUserPage(v))
}

func (s *site) addUser(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.fail(w, r, badForm(err))
		return
	}
	f := r.PostForm
	v := pages.NewUser{Name: trimmed(f, "username"), Display: trimmed(f, "display-name"), Mail: trimmed(f, "mail"), Service: f.Get("service") != ""}
	if differ := again(f); differ != nil {
		v.Problems = differ
		s.showNewUser(w, r, http.StatusUnprocessableEntity, v)
		return
	}
	u := pipelines.User{Username: v.Name, DisplayName: v.Display, Mail: v.Mail, Service: v.Service}
	p := s.SignIn.Principal(r)
	if err := s.Catalog.AddUser(r.Context(), p, u, f.Get("password")); err != nil {
		if !forPerson(err) {
			s.fail(w, r, err)
			return
		}
		v.Problems = problemsOf(err, map[string]string{
			"users[0].username": "username", "users[0].mail": "mail", "users[0].name": "username", "users[0].display-name": "display-name",
		})
		s.showNewUser(w, r, formStatus(err), v)
		return
	}
	made, err := s.Views.Person(r.Context(), p, u.Username)
	if err != nil { // who may add need not be one who may look
		s.to(w, r, pages.PeoplePath)
		return
	}
	s.to(w, r, pages.UserPath(made.Noun.ID))
}

// again finds that the two passwords of a form differ.
func again(f url.Values) []pages.Problem {
	if f.Get("password") == f.Get("again") {
		return nil
	}
	return []pages.Problem{{Field: "again", Text: "The two passwords differ: type the same one twice."}}
}

func (s *site) setUserPassword(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.fail(w, r, badForm(err))
		return
	}
	p := s.SignIn.Principal(r)
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		s.fail(w, r, err)
		return
	}
	person, err := s.Views.Person(r.Context(), p, r.PathValue("user"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	if differ := again(r.PostForm); differ != nil {
		s.showUser(w, r, http.StatusUnprocessableEntity, differ)
		return
	}
	err = s.Catalog.SetPassword(r.Context(), p, person.Noun.Username, r.PostForm.Get("password"))
	switch {
	case err == nil:
		s.to(w, r, pages.UserPath(person.Noun.ID))
	case forPerson(err):
		problems := problemsOf(err, nil)
		problems[0].Field = "password"
		s.showUser(w, r, formStatus(err), problems)
	default:
		s.fail(w, r, err)
	}
}

// userForm edits users. Their name stays; a password is set beside it.
type userForm struct{ *site }

func (f userForm) open(r *http.Request, id string) (openNoun, error) {
	o := openNoun{kind: records.Users, noun: pipelines.User{}, what: "user", list: pages.PeoplePath, home: pages.PeoplePath, path: pages.NewUserPath}
	p := f.SignIn.Principal(r)
	if err := p.Demand(pipelines.UserEdit, pipelines.Where{}); err != nil {
		return o, err
	}
	stored, err := f.Views.User(r.Context(), p, id)
	if err != nil {
		return o, err
	}
	u := stored.Noun
	o.id, o.noun, o.revision, o.owner, o.what = u.ID, u, stored.Revision, u.Owner, "user "+u.Username
	o.home = pages.UserPath(u.ID)
	o.path = pages.EditPath(o.home)
	o.frame = f.pageFrame(r, pages.InPeople, "Edit "+u.Called(), "", crumb("People", pages.PeoplePath), crumb(u.Called(), o.home))
	return o, nil
}

func (userForm) values(noun any) url.Values {
	u := noun.(pipelines.User)
	return url.Values{
		"name": {u.Username}, "display-name": {u.DisplayName}, "mail": {u.Mail},
		"disabled": {yes(u.Disabled)}, "service": {yes(u.Service)},
	}
}

func (userForm) read(v url.Values, now any) (any, []pages.Problem) {
	u := now.(pipelines.User)
	u.DisplayName, u.Mail = trimmed(v, "display-name"), trimmed(v, "mail")
	u.Disabled, u.Service = v.Get("disabled") != "", v.Get("service") != ""
	return u, nil
}

func (userForm) fields(o openNoun, v url.Values, problems []pages.Problem) templ.Component {
	return pages.UserForm(pages.UserFields{
		Name: o.noun.(pipelines.User).Username, Display: v.Get("display-name"), Mail: v.Get("mail"),
		Disabled: v.Get("disabled") != "", Service: v.Get("service") != "", Problems: problems,
	})
}
