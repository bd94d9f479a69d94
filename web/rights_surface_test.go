package web

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines"
)

// surface says of every route who gets through: a permission, and the place it
// must be held for. It is written by hand, so that a route whose place is
// decided wrongly, or that nobody has thought about, fails TestAuthorisation.
//
// The places:
//
//	public       everybody, signed in or not
//	own          everybody who has signed in
//	somewhere    whoever holds it in any place; lists are filtered
//	everywhere   whoever holds it without a scope
//	project      whoever holds it in the project, be it in one environment only
//	all-project  whoever holds it in the whole project
//	environment  whoever holds it for the environment
//	whole        everybody who has signed in, but not by a key with a scope
//	session      nobody here: it takes a session of the pages, and all ask with keys
//	asked        members of the team that the sign-off asks
//	both         whoever holds it for the project and the environment
//
// A route with `?` behind the place is asked for something that is not there,
// so that whoever gets through finds nothing.
const surface = `
GET    /static/{file}                                             -                public
GET    /v1/version                                                -                public
POST   /v1/login                                                  -                public
GET    /signin                                                    -                public
POST   /signin                                                    -                public
GET    /signin/second                                             -                public
POST   /signin/second                                             -                public
POST   /signin/second/new                                         -                public
POST   /signin/oidc/{provider}                                    -                public
GET    /signin/oidc/{provider}/callback                           -                public
GET    /forgot                                                    -                public
POST   /forgot                                                    -                public
GET    /invitation/{token}                                        -                public
POST   /invitation/{token}                                        -                public
GET    /reset/{token}                                             -                public
POST   /reset/{token}                                             -                public
GET    /setup/{token}                                             -                public
POST   /setup/{token}                                             -                public
GET    /answer/{token}                                            -                public
POST   /answer/{token}                                            -                public
POST   /v1/feeds/{feed}/webhook                                   -                public
POST   /v1/feeds/{feed}/webhook/{token}                           -                public
POST   /v1/token                                                  -                public

GET    /{$}                                                       -                own
GET    /live                                                      -                own
GET    /projects                                                  -                own
GET    /approvals                                                 -                own
POST   /approvals/{approval}                                      -                own?
POST   /approvals/{approval}/take                                 -                own?
GET    /keys                                                      -                own
GET    /queue                                                     -                own
GET    /library                                                   -                own
GET    /step-types                                                -                own
GET    /step-types/{type}                                         -                own
GET    /search                                                    -                own
GET    /v1/search                                                 -                own
GET    /v1/me                                                     -                own
GET    /v1/apikeys                                                -                own
GET    /v1/approvals                                              -                own
POST   /v1/approvals/{id}/assign                                  InterruptionSubmit asked
POST   /keys                                                      -                whole
POST   /keys/{key}/delete                                         -                whole?
POST   /v1/apikeys                                                -                whole
DELETE /v1/apikeys/{id}                                           -                whole?
PUT    /v1/users/{username}/password                              UserEdit         everywhere

GET    /projects/{project}                                        ProjectView      project
GET    /projects/{project}/process                                ProjectView      project
GET    /projects/new                                              ProjectEdit      everywhere
POST   /projects/new                                              ProjectEdit      everywhere
GET    /projects/new/text                                         ProjectEdit      everywhere
POST   /projects/new/text                                         ProjectEdit      everywhere
GET    /projects/{project}/text                                   ProjectView      all-project
POST   /projects/{project}/text                                   ProjectEdit+ProjectView all-project
GET    /projects/{project}/steps/new                              ProjectEdit+ProjectView all-project
GET    /projects/{project}/variables                              ProjectView project
GET    /projects/{project}/variables/edit                         ProjectEdit      all-project
POST   /projects/{project}/variables/edit                         ProjectEdit      all-project
GET    /projects/{project}/variables/{variable}/reach             ProjectView      project
GET    /projects/{project}/edit                                   ProjectEdit      all-project
POST   /projects/{project}/edit                                   ProjectEdit      all-project
GET    /projects/{project}/releases/new                           ReleaseCreate    all-project
POST   /projects/{project}/releases                               ReleaseCreate    all-project
GET    /projects/{project}/releases/{release}                     ReleaseView+ProjectView project
POST   /projects/{project}/releases/{release}/variables           ReleaseCreate    all-project
GET    /projects/{project}/releases/{release}/deploy/{environment}  DeploymentCreate+ProjectView both
POST   /projects/{project}/releases/{release}/deploy/{environment}  DeploymentCreate+ProjectView both
GET    /v1/projects/{project}/releases                            ReleaseView+ProjectView project
GET    /v1/projects/{project}/releases/{release}                  ReleaseView+ProjectView project
GET    /v1/projects/{project}/variables                           ProjectView project
PUT    /v1/projects/{project}/variables                           ProjectEdit      all-project
GET    /v1/projects/{project}/variables/{variable}/reach          ProjectView      project
POST   /v1/releases                                               ReleaseCreate    all-project
POST   /v1/releases/{id}/variables                                ReleaseCreate    all-project

GET    /deployments/{deployment}                                  DeploymentView   both
GET    /deployments/{deployment}/live                             DeploymentView   both
GET    /deployments/{deployment}/log.txt                          DeploymentView   both
GET    /deployments/{deployment}/plan                             DeploymentView   both
GET    /deployments/{deployment}/values                           DeploymentView   both
GET    /deployments/{deployment}/artifacts/{artifact}             DeploymentView   both?
POST   /deployments/{deployment}/cancel                           TaskCancel       both
POST   /deployments/{deployment}/decide                           DeploymentCreate both
POST   /deployments/{deployment}/retry                            DeploymentCreate both
GET    /v1/deployments                                            DeploymentView+ProjectView project
POST   /v1/deployments                                            DeploymentCreate both
POST   /v1/deployments/preview                                    DeploymentCreate both
GET    /v1/deployments/{id}                                       DeploymentView   both
GET    /v1/deployments/{deployment}/artifacts                     DeploymentView   both
GET    /v1/deployments/{deployment}/artifacts/{artifact}          DeploymentView   both?
GET    /v1/deployments/{id}/values                                DeploymentView   both
GET    /v1/deployments/{id}/journal                               DeploymentView   both
GET    /v1/deployments/{id}/log                                   DeploymentView   both
POST   /v1/deployments/{id}/answer                                InterruptionSubmit asked
POST   /v1/deployments/{id}/decide                                DeploymentCreate both
POST   /v1/deployments/{id}/retry                                 DeploymentCreate both
POST   /v1/deployments/{id}/cancel                                TaskCancel       both
GET    /v1/queue                                                  DeploymentView   somewhere
GET    /v1/status                                                 ProjectView      somewhere

GET    /environments                                              EnvironmentView  somewhere
GET    /environments/new                                          EnvironmentEdit  everywhere
POST   /environments/new                                          EnvironmentEdit  everywhere
GET    /environments/{environment}                                EnvironmentView  environment
GET    /environments/{environment}/edit                           EnvironmentEdit  environment
POST   /environments/{environment}/edit                           EnvironmentEdit  environment
POST   /environments/{environment}/move                           EnvironmentEdit environment
GET    /lifecycles                                                LifecycleView    somewhere
GET    /lifecycles/new                                            LifecycleEdit    everywhere
POST   /lifecycles/new                                            LifecycleEdit    everywhere
GET    /lifecycles/{lifecycle}                                    LifecycleView    somewhere
GET    /lifecycles/{lifecycle}/edit                               LifecycleEdit    everywhere
POST   /lifecycles/{lifecycle}/edit                               LifecycleEdit    everywhere
GET    /targets                                                   MachineView      somewhere
GET    /targets/new                                               MachineEdit      somewhere
POST   /targets/new                                               MachineEdit      environment
GET    /targets/new/text                                          MachineEdit      somewhere
POST   /targets/new/text                                          MachineEdit      somewhere
GET    /targets/{target}/text                                     MachineEdit      environment
POST   /targets/{target}/text                                     MachineEdit      environment
POST   /targets/{target}/key                                      SecretEdit       everywhere
GET    /targets/{target}                                          MachineView      environment
GET    /targets/{target}/edit                                     MachineEdit      environment
POST   /targets/{target}/edit                                     MachineEdit      environment
POST   /targets/{target}/check                                    MachineEdit      environment
GET    /v1/targets                                                MachineView      somewhere
POST   /v1/targets                                                MachineEdit      environment
POST   /v1/targets/{name}/check                                   MachineEdit      environment
DELETE /v1/targets/{name}                                         MachineEdit      environment

GET    /variable-sets                                             ProjectView      everywhere
GET    /variable-sets/new                                         ProjectEdit      everywhere
POST   /variable-sets/new                                         ProjectEdit      everywhere
GET    /variable-sets/new/text                                    ProjectEdit      everywhere
POST   /variable-sets/new/text                                    ProjectEdit      everywhere
GET    /variable-sets/{set}/text                                  ProjectEdit      everywhere
POST   /variable-sets/{set}/text                                  ProjectEdit      everywhere
GET    /variable-sets/{set}                                       ProjectView      everywhere
GET    /variable-sets/{set}/edit                                  ProjectEdit      everywhere
POST   /variable-sets/{set}/edit                                  ProjectEdit      everywhere
GET    /variable-sets/{set}/variables/{variable}/reach            ProjectView      everywhere
GET    /v1/variable-sets                                          ProjectView      somewhere
GET    /v1/variable-sets/{set}/variables                          ProjectView      everywhere
PUT    /v1/variable-sets/{set}/variables                          ProjectEdit      everywhere
POST   /v1/diff                                                   ProjectView      somewhere
POST   /v1/apply                                                  ProjectView      somewhere
GET    /v1/export                                                 ProjectView      somewhere

GET    /packages                                                  FeedView         somewhere
GET    /packages/{package}                                        FeedView         somewhere
GET    /packages/{package}/{version}                              FeedView         somewhere
GET    /feeds                                                     FeedView         somewhere
POST   /feeds                                                     FeedEdit         everywhere
GET    /feeds/{feed}                                              FeedView         somewhere
GET    /feeds/new/text                                            FeedEdit         everywhere
POST   /feeds/new/text                                            FeedEdit         everywhere
GET    /feeds/{feed}/text                                         FeedEdit         everywhere
POST   /feeds/{feed}/text                                         FeedEdit         everywhere
POST   /feeds/{feed}/password                                     SecretEdit       everywhere
GET    /v1/packages                                               FeedView         somewhere
GET    /v1/packages/{id}                                          FeedView         somewhere
PUT    /v1/packages/{file}                                        BuiltInFeedPush  everywhere
POST   /v1/packages                                               BuiltInFeedPush somewhere
POST   /v1/packages/uploads                                       BuiltInFeedPush  everywhere
POST   /v1/packages/uploads/{sha256}/done                         BuiltInFeedPush  everywhere?
GET    /v1/packages/{id}/{version}/build-information                FeedView         somewhere?
PUT    /v1/packages/{id}/{version}/build-information                BuildInformationPush everywhere
GET    /v1/feeds                                                  FeedView         somewhere
POST   /v1/feeds                                                  FeedEdit         everywhere
DELETE /v1/feeds/{feed}                                           FeedEdit         everywhere
GET    /v1/feeds/{feed}/check                                     FeedView         somewhere
GET    /v1/feeds/{feed}/packages                                  FeedView         somewhere
GET    /v1/feeds/{feed}/packages/{package}                        FeedView         somewhere
POST   /v1/feeds/{feed}/packages/{package}/{version}              BuiltInFeedPush  everywhere
PUT    /v1/feeds/{feed}/webhook                                   FeedEdit         everywhere
DELETE /v1/feeds/{feed}/webhook                                   FeedEdit everywhere?
GET    /secrets                                                   SecretEdit       somewhere
POST   /secrets                                                   SecretEdit       everywhere
GET    /v1/secrets                                                SecretEdit       somewhere
PUT    /v1/secrets/{name}                                         SecretEdit       everywhere

GET    /people                                                    UserView         somewhere
GET    /people/users/new                                          UserEdit         everywhere
POST   /people/users/new                                          UserEdit         everywhere
GET    /people/users/{user}                                       UserView         somewhere
GET    /people/users/{user}/edit                                  UserEdit         everywhere
POST   /people/users/{user}/edit                                  UserEdit         everywhere
POST   /people/users/{user}/password                              UserEdit         everywhere
POST   /people/users/{user}/invite                                UserInvite       everywhere
POST   /people/users/{user}/end-sessions                          UserEdit         everywhere
POST   /people/users/{user}/reset-factor                          UserEdit         everywhere?
GET    /people/teams                                              TeamView         somewhere
GET    /people/teams/new                                          TeamEdit         everywhere
POST   /people/teams/new                                          TeamEdit         everywhere
GET    /people/teams/{team}                                       TeamView         somewhere
GET    /people/teams/{team}/edit                                  TeamEdit         everywhere
POST   /people/teams/{team}/edit                                  TeamEdit         everywhere
GET    /people/roles                                              UserRoleView     somewhere
GET    /people/roles/new                                          UserRoleEdit     everywhere
POST   /people/roles/new                                          UserRoleEdit     everywhere
GET    /people/roles/{role}                                       UserRoleView     somewhere
GET    /people/roles/{role}/edit                                  UserRoleEdit     everywhere
POST   /people/roles/{role}/edit                                  UserRoleEdit     everywhere
GET    /v1/users                                                  UserView         somewhere
POST   /v1/users                                                  UserEdit         everywhere
POST   /v1/users/{username}/disable                               UserEdit         everywhere
POST   /v1/users/{username}/enable                                UserEdit         everywhere
POST   /v1/users/{username}/invite                                UserInvite       everywhere
POST   /v1/users/{username}/end-sessions                          UserEdit         everywhere
POST   /v1/users/{username}/reset-factor                          UserEdit         everywhere?
PUT    /v1/sign-in/second-factor                                  AdministerSystem everywhere
GET    /v1/sign-in/providers                                      AdministerSystem everywhere
PUT    /v1/sign-in/providers/{provider}                           AdministerSystem everywhere
DELETE /v1/sign-in/providers/{provider}                           AdministerSystem everywhere?
GET    /v1/sign-in/trusts                                         AdministerSystem everywhere
POST   /v1/sign-in/trusts                                         AdministerSystem everywhere?
DELETE /v1/sign-in/trusts/{trust}                                 AdministerSystem everywhere?
GET    /v1/teams                                                  TeamView         somewhere
POST   /v1/teams                                                  TeamEdit         everywhere
POST   /v1/teams/{team}/members                                   TeamEdit         everywhere
POST   /v1/teams/{team}/roles                                     TeamEdit         everywhere
DELETE /v1/teams/{team}/members/{username}                        TeamEdit everywhere?
DELETE /v1/teams/{team}/roles                                     TeamEdit         everywhere?
DELETE /v1/teams/{team}                                           TeamEdit         everywhere
DELETE /v1/damaged/{id}                                           AdministerSystem everywhere?
GET    /v1/user-roles                                             UserRoleView     somewhere

GET    /profile                                                   -                own
POST   /profile                                                   - whole
POST   /profile/password                                          - whole
POST   /profile/factor                                            - whole
POST   /profile/factor/new                                        - whole
POST   /profile/factor/recovery                                   - whole
POST   /profile/factor/remove                                     - whole
POST   /profile/providers/{provider}/link                         - session
POST   /profile/providers/{provider}/unlink                       - session
POST   /profile/sessions/end-others                               - session
POST   /profile/sessions/{session}/end                            - session

GET    /audit                                                     EventView        somewhere
GET    /audit/export                                              EventView        somewhere
GET    /v1/audit                                                  EventView        somewhere
GET    /v1/audit/export                                           EventView        somewhere
GET    /v1/audit/key                                              EventView        somewhere

GET    /settings                                                  ConfigureServer  everywhere
GET    /settings/sign-in                                          AdministerSystem everywhere
POST   /settings/sign-in                                          AdministerSystem everywhere
POST   /settings/sign-in/providers                                AdministerSystem everywhere
GET    /settings/sign-in/providers/{provider}                     AdministerSystem everywhere?
POST   /settings/sign-in/providers/{provider}/remove              AdministerSystem everywhere?
POST   /settings/sign-in/trusts                                   AdministerSystem everywhere
POST   /settings/sign-in/trusts/{trust}/remove                    AdministerSystem everywhere?
POST   /settings/mail                                             AdministerSystem everywhere
POST   /settings/mail/test                                        ConfigureServer  everywhere
POST   /settings/mail/remove                                      AdministerSystem everywhere
GET    /mail                                                      AdministerSystem everywhere
GET    /mail/{mail}                                               AdministerSystem everywhere
GET    /mail/{mail}/body.html                                     AdministerSystem everywhere
GET    /kept                                                      AdministerSystem everywhere
POST   /kept/replay                                               AdministerSystem everywhere
POST   /kept/forget                                               AdministerSystem everywhere
GET    /v1/mail                                                   AdministerSystem everywhere
GET    /v1/mail/{key}                                             AdministerSystem everywhere
GET    /v1/mail-server                                            ConfigureServer  everywhere
PUT    /v1/mail-server                                            AdministerSystem everywhere
DELETE /v1/mail-server                                            AdministerSystem everywhere
POST   /v1/mail-server/test                                       ConfigureServer  everywhere

POST   /shortcuts                                                 -                own
POST   /signout                                                   -                public
GET    /nuget                                                     FeedView         somewhere
GET    /nuget/                                                    FeedView         somewhere
PUT    /nuget                                                     BuiltInFeedPush  everywhere
PUT    /nuget/                                                    BuiltInFeedPush  everywhere
POST   /nuget/                                                    - public
DELETE /nuget/                                                    BuiltInFeedPush  somewhere
PUT    /api/v2/package                                            BuiltInFeedPush  everywhere
PUT    /api/v2/package/                                           BuiltInFeedPush  everywhere
DELETE /api/v2/package/                                           BuiltInFeedPush  somewhere
`

// feedLines are the feed's own, behind the public routes by which it is reached; it
// asks for the right itself. What it has in common with these stands in surface.
const feedLines = `
GET    /nuget/packages                                            -                public
GET    /nuget/packages/{$}                                        -                public
GET    /nuget/v3/index.json                                       -                public
GET    /nuget/{$}                                                 FeedView         somewhere
GET    /nuget/$metadata                                           FeedView         somewhere
GET    /nuget/Packages                                            FeedView         somewhere
GET    /nuget/Packages()                                          FeedView         somewhere
GET    /nuget/Packages/$count                                     FeedView         somewhere
GET    /nuget/Packages()/$count                                   FeedView         somewhere
GET    /nuget/FindPackagesById()?id='Thing'                       FeedView         somewhere
GET    /nuget/FindPackagesById()/$count?id='Thing'                FeedView         somewhere
GET    /nuget/Search()?searchTerm='x'                             FeedView         somewhere
GET    /nuget/Search()/$count?searchTerm='x'                      FeedView         somewhere
GET    /nuget/GetUpdates()?packageIds='Thing'&versions='0.1.0'    FeedView         somewhere
GET    /nuget/GetUpdates()/$count?packageIds='Thing'&versions='0.1.0' FeedView         somewhere
GET    /nuget/{entry}                                             FeedView         somewhere
GET    /nuget/packages/{id}/{version}                             FeedView         somewhere
GET    /nuget/v3/content/{id}/index.json                          FeedView         somewhere
GET    /nuget/v3/content/{id}/{version}/{file}                    FeedView         somewhere
GET    /nuget/v3/registration/{id}/{leaf}                         FeedView         somewhere
GET    /nuget/v3/registration/{id}/page/{page}                    FeedView         somewhere
GET    /nuget/v3/query?q=thing                                    FeedView         somewhere
PUT    /nuget/{$}                                                 BuiltInFeedPush  everywhere
PUT    /nuget/packages                                            BuiltInFeedPush  everywhere
PUT    /nuget/packages/{$}                                        BuiltInFeedPush  everywhere
POST   /nuget/packages                                            BuiltInFeedPush  everywhere
PUT    /nuget/api/v2/package/{$}                                  BuiltInFeedPush  everywhere
PUT    /api/v2/package/{$}                                        BuiltInFeedPush  everywhere
DELETE /nuget/{rest...}                                           BuiltInFeedPush  somewhere
DELETE /api/v2/package/{rest...}                                  BuiltInFeedPush  somewhere
`

// expected is one line of these tables.
type expected struct {
	pattern string
	needs   []pipelines.Permission // all of them; none where the line says -
	place   string
	missing bool
}

func expectations(t *testing.T, table string) []expected {
	t.Helper()
	var out []expected
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) != 4 {
			t.Fatalf("a line of the surface has four words: %q", line)
		}
		e := expected{pattern: f[0] + " " + f[1]}
		e.place, e.missing = strings.CutSuffix(f[3], "?")
		for name := range strings.SplitSeq(strings.Trim(f[2], "-"), "+") {
			if _, ok := pipelines.InfoOf(pipelines.Permission(name)); !ok && name != "" {
				t.Fatalf("there is no permission %s: %q", name, line)
			}
			if name != "" {
				e.needs = append(e.needs, pipelines.Permission(name))
			}
		}
		out = append(out, e)
	}
	return out
}

// allows is the rule of a line, for somebody at a place.
func (e expected) allows(p pipelines.Principal, at pipelines.Where) bool {
	switch e.place {
	case "public":
		return true
	case "own":
		return p.Known()
	case "whole":
		return p.Known() && !p.Limited
	case "session":
		return false
	case "asked":
		return pipelines.HasName(p.Teams, "Stakeholders") && at.Project == "Alpha"
	}
	for _, want := range e.needs {
		if !holds(p, want, e.place, at) {
			return false
		}
	}
	return true
}

func holds(p pipelines.Principal, want pipelines.Permission, place string, at pipelines.Where) bool {
	switch place {
	case "somewhere":
		return p.AllowsAnywhere(want)
	case "everywhere":
		return p.Allows(want, pipelines.Where{})
	case "project":
		return p.AllowsIn(want, at.Project)
	case "all-project":
		return p.Allows(want, pipelines.Where{Project: at.Project})
	case "environment":
		return p.Allows(want, pipelines.Where{Environment: at.Environment})
	case "both":
		return p.Allows(want, at) || want == pipelines.ProjectView && p.AllowsIn(want, at.Project)
	}
	panic(fmt.Sprintf("no place is called %q", place))
}
