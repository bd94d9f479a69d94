package web

import (
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/runner/views"
	"slipway/web/pages"
)

// searched is what is asked for in the address, of which no more is read than
// anybody types.
func searched(r *http.Request) string {
	query := []rune(strings.TrimSpace(strings.ToValidUTF8(r.URL.Query().Get("q"), "")))
	return string(query[:min(len(query), 200)])
}

func (s *site) searchPage(w http.ResponseWriter, r *http.Request) {
	p, query := s.SignIn.Principal(r), searched(r)
	found, err := s.Views.Search(r.Context(), p, query)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.SearchResults{Query: query, Frame: s.pageFrame(r, pages.InSearch, "Search", "")}
	v.Searched = query
	n := 0
	for _, g := range found {
		v.Groups = append(v.Groups, foundGroup(g))
		n += len(g.Items) + g.More
	}
	if group := foundPages(p, query); len(group.Items) > 0 {
		v.Groups = append(v.Groups, group)
		n += len(group.Items)
	}
	if n > 0 {
		v.Sentence = plural(n, "name") + " fit."
		if n == 1 {
			v.Sentence = "1 name fits."
		}
	}
	s.show(w, r, http.StatusOK, pages.SearchPage(v))
}

// foundTitles are the kinds as headings.
var foundTitles = map[views.FoundKind]string{
	views.FoundProject: "Projects", views.FoundRelease: "Releases", views.FoundDeployment: "Deployments", views.FoundPackage: "Packages",
	views.FoundEnvironment: "Environments", views.FoundTarget: "Targets", views.FoundLifecycle: "Lifecycles", views.FoundVariableSet: "Variable sets",
	views.FoundVariable: "Variables", views.FoundStep: "Steps", views.FoundStepType: "Step types", views.FoundFeed: "Feeds",
	views.FoundUser: "Users", views.FoundTeam: "Teams", views.FoundUserRole: "User roles",
}

func foundGroup(g views.FoundGroup) pages.SearchGroup {
	out := pages.SearchGroup{ID: "f-" + strings.ReplaceAll(string(g.Kind), " ", "-"), Title: foundTitles[g.Kind]}
	for _, f := range g.Items {
		out.Items = append(out.Items, pages.SearchItem{Text: f.Name, Path: pathTo(f), Note: f.Note})
	}
	if g.More > 0 {
		out.More = "And " + grouped(g.More) + " more: say more of the name."
	}
	return out
}

// pathTo is the page of what was found.
func pathTo(f views.Found) string {
	switch f.Kind {
	case views.FoundProject:
		return pages.ProjectPath(f.ID)
	case views.FoundRelease:
		return pages.ReleasePath(f.Project, f.ID)
	case views.FoundDeployment:
		return pages.DeploymentPath(f.ID)
	case views.FoundPackage:
		return pages.PackagePath(f.ID)
	case views.FoundEnvironment:
		return pages.EnvironmentPath(f.ID)
	case views.FoundTarget:
		return pages.TargetPath(f.ID)
	case views.FoundLifecycle:
		return pages.LifecyclePath(f.ID)
	case views.FoundVariableSet:
		return pages.VariableSetPath(f.ID)
	case views.FoundVariable:
		if f.Project == "" {
			return pages.VariableSetPath(f.ID)
		}
		return pages.VariablesPath(f.Project)
	case views.FoundStep:
		return pages.ProjectPath(f.Project)
	case views.FoundStepType:
		return pages.StepTypePath(f.ID)
	case views.FoundFeed:
		return pages.FeedPath(f.ID)
	case views.FoundTeam:
		return pages.TeamPath(f.ID)
	case views.FoundUserRole:
		return pages.UserRolePath(f.ID)
	case views.FoundUser:
		return pages.UserPath(f.ID)
	}
	return pages.PeoplePath
}

// foundPages are the pages themselves, which are found by what they are about.
func foundPages(p pipelines.Principal, query string) pages.SearchGroup {
	out := pages.SearchGroup{ID: "f-page", Title: "Pages"}
	words := strings.Fields(strings.ToLower(query))
	for _, one := range knownPages {
		if len(words) > 0 && (one.needs == pipelines.Own || p.AllowsAnywhere(one.needs)) && hasAll(strings.ToLower(one.text+" "+one.words), words) {
			out.Items = append(out.Items, pages.SearchItem{Text: one.text, Path: one.path})
		}
	}
	return out
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

var knownPages = []struct {
	text, words, path string
	needs             pipelines.Permission
}{
	{"Dashboard", "home overview projects", pages.DashboardPath, pipelines.Own},
	{"Approvals", "sign-off waiting inbox", pages.ApprovalsPath, pipelines.Own},
	{"Queue", "waiting running place", pages.QueuePath, pipelines.Own},
	{"API keys", "token access", pages.KeysPath, pipelines.Own},
	{"Profile", "account password sessions two-factor", pages.ProfilePath, pipelines.Own},
	{"Packages", "built-in feed upload", pages.PackagesPath, pipelines.FeedView},
	{"Feeds", "nuget artifactory packages external", pages.FeedsPath, pipelines.FeedView},
	{"Targets", "machines hosts health", pages.TargetsPath, pipelines.MachineView},
	{"Environments", "dev test prod order", pages.EnvironmentsPath, pipelines.EnvironmentView},
	{"Lifecycles", "phases promotion retention", pages.LifecyclesPath, pipelines.LifecycleView},
	{"Variable sets", "shared library", pages.VariableSetsPath, pipelines.ProjectView},
	{"Step types", "catalogue library nginx iis script", pages.StepTypesPath, pipelines.Own},
	{"People", "users invite accounts", pages.PeoplePath, pipelines.UserView},
	{"Invite somebody", "new user invitation add person account", pages.NewUserPath, pipelines.UserEdit},
	{"Teams", "groups members people", pages.TeamsPath, pipelines.TeamView},
	{"User roles", "roles permissions rights people", pages.UserRolesPath, pipelines.UserRoleView},
	{"Audit", "log events history who", pages.AuditPath, pipelines.EventView},
	{"Settings", "mail server smtp sign-in providers", pages.SettingsPath, pipelines.ConfigureServer},
}
