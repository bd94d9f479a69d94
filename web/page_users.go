package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

func (s *site) userPage(w http.ResponseWriter, r *http.Request) {
	s.showUser(w, r, http.StatusOK, nil, nil)
}

// showUser shows a user, with what was wrong with something wanted there: with the
// password that was typed, or at all.
func (s *site) showUser(w http.ResponseWriter, r *http.Request, status int, password, problems []pages.Problem) {
	p := s.SignIn.Principal(r)
	person, err := s.Views.Person(r.Context(), p, r.PathValue("user"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	roles, err := s.Views.UserRoles(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := s.userDetail(r, p, person, roles)
	v.Problems = problems
	if v.Password != nil {
		v.Password.Problems = password
	}
	s.show(w, r, status, pages.UserPage(v))
}

// userWords are what a button on a user's page says after it has done its work.
var userWords = map[string]string{
	"invited": "The mail with the link is on its way.", "password": "The password is set. All sessions have ended.",
	"factor-reset": "The second factor is gone, and all sessions have ended.", "sessions-ended": "Signed out everywhere.",
}

func (s *site) userDetail(r *http.Request, p pipelines.Principal, person views.Person, roles []pipelines.UserRole) pages.UserDetail {
	u := person.Noun
	v := pages.UserDetail{
		Frame:  s.pageFrame(r, pages.InPeople, u.Called(), userSentence(person), crumb("People", pages.PeoplePath)),
		Folder: folderOf(u.Owner), Text: s.textOf(records.Users, u),
		Facts:  s.userFacts(person),
		Rights: rightRows(person, roles),
	}
	if said := userWords[r.FormValue("done")]; said != "" {
		v.Done = said
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
	s.offerActs(r, &v, p, person)
	return v
}

// offerActs are what the principal may do to the account: what the same questions
// allow that are asked when it is done.
func (s *site) offerActs(r *http.Request, v *pages.UserDetail, p pipelines.Principal, person views.Person) {
	u := person.Noun
	edits, invites := p.Allows(pipelines.UserEdit, pipelines.Where{}), p.Allows(pipelines.UserInvite, pipelines.Where{})
	if !edits && !invites {
		return
	}
	keeps := p.DemandWhole() == nil && catalog.MayKeep(r.Context(), s.Catalog.Records, p, u) == nil
	takesOver := keeps && edits && catalog.MayTakeOver(r.Context(), s.Catalog.Records, p, u, "look after") == nil
	if edits && keeps {
		v.Edit = pages.EditPath(pages.UserPath(u.ID))
	}
	if u.Service {
		if takesOver {
			v.Keys = pages.ServiceKeysPath(u.Username)
		}
		return
	}
	if keeps && u.Mail != "" && !u.Disabled && s.SignIn.Backroom != nil && invites {
		v.Invite, v.InviteText, v.InviteMeans = pages.UserInvitePath(u.ID), "Send the invitation", "A mail to "+u.Mail+" with a link, by which they choose a password. It works once, for three days."
		if person.HasPassword {
			v.InviteText = "Send a link to a new password"
		}
	}
	if !edits || !keeps {
		return
	}
	if len(person.Sessions) > 0 && (u.ID != p.UserID || p.Via == "session") {
		v.EndSessions = pages.UserEndSessionsPath(u.ID)
	}
	if u.ID == p.UserID || !takesOver { // one's own is where the password of now is asked
		return
	}
	if person.HasFactor {
		v.ResetFactor = pages.UserResetFactorPath(u.ID)
	}
	v.Password = &pages.PasswordForm{Path: pages.UserPasswordPath(u.ID), Title: "Set a password for them", Button: "Set the password of " + u.Username}
}

// userFacts are who somebody is and by what they sign in.
func (s *site) userFacts(person views.Person) []pages.Fact {
	u := person.Noun
	out := []pages.Fact{{Label: "Signs in as", Text: u.Username, Code: true}}
	if u.Mail != "" {
		out = append(out, pages.Fact{Label: "Mail", Text: u.Mail})
	}
	if u.Service {
		return out
	}
	has := []string{"no password yet"}
	if person.HasPassword {
		has = []string{"a password"}
	}
	if person.HasFactor {
		has = append(has, "a second factor")
	}
	for _, i := range person.Identities {
		has = append(has, i.Provider)
	}
	out = append(out, pages.Fact{Label: "Signs in by", Text: anded(has)})
	if len(person.Sessions) > 0 {
		seen := s.moment(person.Sessions[0].LastSeen())
		out = append(out, pages.Fact{Label: "Signed in", Text: "in " + plural(len(person.Sessions), "browser") + ", last seen " + seen.Text, Exact: seen.Exact})
	}
	return out
}

// userSentence says whether somebody can come in, and what they may deploy where
// and why.
func userSentence(person views.Person) string {
	u := person.Noun
	switch {
	case u.Disabled:
		return "Disabled: signs in no more, and all keys are refused."
	case person.Admin:
		return "May do everything."
	}
	var may []string
	for _, g := range person.Grants {
		if g.Permission == pipelines.DeploymentCreate {
			may = append(may, deploysWhere(g)+", by team "+g.Team+", user role "+g.Role)
		}
	}
	sentence := "May deploy nothing."
	if len(may) > 0 {
		sentence = "May deploy " + strings.Join(may, "; ") + "."
	}
	if u.Service {
		sentence = "A service account: a program that comes in by API keys. " + sentence
	}
	return sentence
}

// deploysWhere is "Random Quotes to Dev and Test".
func deploysWhere(g pipelines.Grant) string {
	what, where := "every project", " everywhere"
	if len(g.Projects) > 0 {
		what = anded(g.Projects)
	}
	if len(g.Environments) > 0 {
		where = " to " + anded(g.Environments)
	}
	return what + where
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
func rightRows(person views.Person, roles []pipelines.UserRole) []pages.RightRow {
	var out []pages.RightRow
	for _, i := range pipelines.Permissions() {
		row := pages.RightRow{Name: string(i.Name), Means: i.Means}
		for _, g := range person.Grants {
			if g.Permission == i.Name {
				row.By = append(row.By, rightBy(g, person.Teams, roles))
			}
		}
		if len(row.By) > 0 {
			out = append(out, row)
		}
	}
	return out
}

func rightBy(g pipelines.Grant, teams []pipelines.Team, roles []pipelines.UserRole) pages.RightBy {
	by := pages.RightBy{Where: whereHolds(g.Projects, g.Environments), Team: pages.Link{Text: g.Team}, Role: pages.Link{Text: g.Role}}
	if t, ok := pipelines.TeamNamed(teams, g.Team); ok {
		by.Team.Path = pages.TeamPath(t.ID)
	}
	if role, ok := roleOf(roles, g.Role); ok {
		by.Role.Path = userRolePath(role)
	}
	return by
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
	if person.Noun.ID == p.UserID {
		s.fail(w, r, pipelines.Refuse(pipelines.Conflict, "your own password is changed on your profile page, where the one of now is asked"))
		return
	}
	if differ := again(r.PostForm); differ != nil {
		s.showUser(w, r, http.StatusUnprocessableEntity, differ, nil)
		return
	}
	err = s.Catalog.SetPassword(r.Context(), p, person.Noun.Username, r.PostForm.Get("password"))
	switch {
	case err == nil:
		s.to(w, r, pages.UserPath(person.Noun.ID)+"?done=password")
	case forPerson(err):
		problems := problemsOf(err, nil)
		problems[0].Field = "password"
		s.showUser(w, r, formStatus(err), problems, nil)
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
