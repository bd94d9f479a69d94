package main

import "slipway/web/pages"

func peopleTabs(current string) []pages.Tab {
	all := []pages.Tab{{Text: "Users", Path: pages.PeoplePath}, {Text: "Teams", Path: pages.TeamsPath}, {Text: "User roles", Path: pages.UserRolesPath}}
	for i := range all {
		all[i].Current = all[i].Path == current
	}
	return all
}

func peopleFrame(title, sentence, tab string, crumbs ...pages.Crumb) pages.Frame {
	f := signedIn(pages.InPeople, title, sentence, crumbs...)
	if tab != "" {
		f.Tabs = peopleTabs(tab)
	}
	return f
}

var people, teamsCrumb, rolesCrumb = pages.Crumb{Text: "People", Path: "/people"}, pages.Crumb{Text: "Teams", Path: "/people/teams"}, pages.Crumb{Text: "User roles", Path: "/people/roles"}

// longName is what somebody may call themselves.
const longName = "Wolfeschlegelsteinhausenbergerdorff-von-und-zu-Hohenlohe-Waldenburg-Schillingsfürst <script>"

func peopleSamples() []sample {
	environments := []pages.Option{{Text: "Dev", Chosen: true}, {Text: "Test", Chosen: true}, {Text: "Prod"}}
	roles := []pages.Option{{Text: "Project viewer"}, {Text: "Deployment creator", Chosen: true}, {Text: "Project lead"}, {Text: "Night shift"}}
	return []sample{
		{Name: "users", Page: pages.UsersPage(pages.Users{Frame: peopleFrame("People", "5 users, among them 1 service account and 1 disabled.", pages.PeoplePath), New: pages.NewUserPath, Items: []pages.UserRow{
			{ID: "Users-1", Name: "ada", Display: "Ada Lovelace", Mail: "ada@example.org", Teams: []string{"Project Stakeholders"}, Note: "administrator"},
			{ID: "Users-2", Name: "grace", Display: "Grace Hopper", Mail: "grace@example.org", Teams: []string{"Project Stakeholders", "Harbour"}},
			{ID: "Users-3", Name: "bamboo", Display: "bamboo", Teams: []string{"Build servers"}, Note: "service account"},
			{ID: "Users-4", Name: "gone", Display: "Gone Long Ago", Mail: "gone@example.org", Note: "disabled", Off: true},
			{ID: "Users-5", Name: "wolfe", Display: longName, Mail: "wolfeschlegelsteinhausenbergerdorff@department-of-names.example.org"},
		}})},
		{Name: "user", Page: pages.UserPage(pages.UserDetail{
			Frame: peopleFrame("Internal Deployer", "May deploy every project to Dev and Test, by team Internal Deployers, user role Deployment creator.", "", people), Edit: "/people/users/Users-2/edit",
			Facts: []pages.Fact{
				{Label: "Signs in as", Text: "internaldeployer", Code: true}, {Label: "Mail", Text: "internaldeployer@example.org"},
				{Label: "Signs in by", Text: "a password and a second factor"}, {Label: "Signed in", Text: "in 2 browsers, last seen 12 min ago", Exact: "2026-11-20 13:55:00"},
			},
			Teams:  []pages.Link{{Text: "Internal Deployers", Path: "/people/teams/Teams-1"}},
			Rights: sampleRights(), Invite: "/people/users/Users-2/invite", InviteText: "Send a link to a new password",
			InviteMeans: "A mail to internaldeployer@example.org with a link, by which they choose a password. It works once, for three days.",
			EndSessions: "/people/users/Users-2/end-sessions", ResetFactor: "/people/users/Users-2/reset-factor",
			Password: &pages.PasswordForm{Path: "/people/users/Users-2/password", Title: "Set a password for them", Button: "Set the password of internaldeployer", Problems: []pages.Problem{{Field: "again", Text: "The two passwords differ: type the same one twice."}}},
			Text:     "users: [{ username: internaldeployer, display-name: Internal Deployer, mail: internaldeployer@example.org }]\n",
		})},
		{Name: "user-admin", Page: pages.UserPage(pages.UserDetail{
			Frame: peopleFrame("Ada Lovelace", "May do everything.", "", people), Folder: "people",
			Facts: []pages.Fact{{Label: "Signs in as", Text: "ada", Code: true}}, Everything: "Everything: an administrator, by the team Administrators with the role System administrator.",
			Teams: []pages.Link{{Text: "Administrators", Path: "/people/teams/Teams-3"}},
		})},
		{Name: "user-service", Page: pages.UserPage(pages.UserDetail{
			Frame: peopleFrame("bamboo", "A service account: a program that comes in by API keys. May deploy nothing.", "", people), Edit: "/people/users/Users-3/edit",
			Facts: []pages.Fact{{Label: "Signs in as", Text: "bamboo", Code: true}}, Keys: "/keys?for=bamboo",
		})},
		{Name: "user-new", Page: pages.NewUserPage(pages.NewUser{
			Frame: peopleFrame("Add a user", "A new user is in no team and may do nothing.", "", people), Name: "internal deployer", Display: "Internal Deployer", Mail: "internaldeployer@example.org",
			Problems: []pages.Problem{{Field: "username", Text: "A username has no spaces, colons or slashes: \"internal deployer\"."}},
		})},
		{Name: "user-edit", Page: pages.EditNounPage(pages.EditNoun{
			Frame: peopleFrame("Edit Grace Hopper", "", "", people, pages.Crumb{Text: "Grace Hopper", Path: "/people/users/Users-2"}), Path: "/people/users/Users-2/edit", Home: "/people/users/Users-2", What: "user grace", Revision: "3",
			Fields: pages.UserForm(pages.UserFields{Name: "grace", Display: "Grace Hopper", Mail: "grace@example.org"}),
		})},
		{Name: "teams", Page: pages.TeamsPage(pages.Teams{Frame: peopleFrame("Teams", "3 teams.", pages.TeamsPath), New: "/people/teams/new", Items: []pages.TeamRow{
			{ID: "Teams-1", Name: "Internal Deployers", Description: "Grants access to perform a deployment to the internal environments", Members: []string{"Internal Deployer", "Grace Hopper (by sign-in)"}, Roles: []string{"Deployment creator for Dev and Test", "Project viewer"}},
			{ID: "Teams-2", Name: "Production Deployers", Members: []string{"Production Deployer"}, Roles: []string{"Deployment creator for Prod", "Project viewer"}},
			{ID: "Teams-3", Name: "Night watch"},
		}})},
		{Name: "teams-empty", Page: pages.TeamsPage(pages.Teams{Frame: peopleFrame("Teams", "", pages.TeamsPath)})},
		{Name: "team", Page: pages.TeamPage(pages.TeamDetail{
			Frame: peopleFrame("Internal Deployers", "Grants access to perform a deployment to the internal environments", "", people, teamsCrumb), Edit: "/people/teams/Teams-1/edit",
			Members: []pages.Link{{Text: "Internal Deployer", Path: "/people/users/Users-2"}, {Text: "Grace Hopper (by sign-in)", Path: "/people/users/Users-5"}, {Text: "somebody"}},
			Roles: []pages.GrantRow{
				{Role: pages.Link{Text: "Deployment creator", Path: "/people/roles/Deployment%20creator"}, Means: "deploys releases and cancels deployments", Where: "for Dev and Test"},
				{Role: pages.Link{Text: "Project viewer", Path: "/people/roles/Project%20viewer"}, Means: "sees projects, their releases, deployments and targets", Where: "everywhere"},
			},
		})},
		{Name: "team-edit", Page: pages.EditNounPage(pages.EditNoun{
			Frame: peopleFrame("Edit Internal Deployers", "", "", people, teamsCrumb), Path: "/people/teams/Teams-1/edit", Home: "/people/teams/Teams-1", What: "team Internal Deployers", Revision: "3", Folder: "people",
			Fields: pages.TeamForm(pages.TeamFields{
				Name: "Internal Deployers", Fixed: true, Description: "Grants access to perform a deployment to the internal environments",
				Members: []pages.TickRow{{Value: "internaldeployer", Text: "Internal Deployer", Means: "internaldeployer", Ticked: true}, {Value: "grace", Text: "Grace Hopper", Means: "grace"}, {Value: "wolfe", Text: longName, Means: "wolfe"}},
				Grants:  []pages.GrantFields{{Role: "Deployment creator", Roles: roles, Environments: environments, Projects: "Random Quotes"}, {Roles: unchosen(roles), Environments: unchosen(environments)}},
			}),
			Removal: &pages.Removal{Button: "Remove this team", Goes: "Team Internal Deployers goes, and with it what its members may do by it. The members stay."},
		})},
		{Name: "team-preview", Page: pages.EditPreviewPage(pages.EditPreview{
			Frame: peopleFrame("What changes", "Nothing is saved yet.", "", people, teamsCrumb), Path: "/people/teams/Teams-1/edit", Saves: "Save team Internal Deployers",
			Lines: []pages.DifferingLine{{Text: "teams:"}, {Text: "  - name: Internal Deployers"}, {Sign: "-", Text: "    members: [internaldeployer]"}, {Sign: "+", Text: "    members: [internaldeployer, grace]"}},
		})},
		{Name: "user-roles", Page: pages.UserRolesPage(pages.UserRoles{Frame: peopleFrame("User roles", "A team includes a user role, everywhere or for some projects and environments. Rights add up.", pages.UserRolesPath), New: "/people/roles/new", Items: []pages.UserRoleRow{
			{ID: "Project viewer", Name: "Project viewer", Description: "sees projects, their releases, deployments and targets", BuiltIn: true, Permissions: "7 permissions", Teams: []string{"Internal Deployers", "Production Deployers"}},
			{ID: "Deployment creator", Name: "Deployment creator", Description: "deploys releases and cancels deployments", BuiltIn: true, Permissions: "4 permissions", Teams: []string{"Internal Deployers"}},
			{ID: "UserRoles-1", Name: "Night shift", Description: "Deploys when all sleep", Permissions: "1 permission"},
		}})},
		{Name: "user-role", Page: pages.UserRolePage(pages.UserRoleDetail{
			Frame: peopleFrame("Deployment creator", "Deploys releases and cancels deployments.", "", people, rolesCrumb),
			Permissions: []pages.PermissionRow{
				{Name: "DeploymentCreate", Means: "deploy, take a deployment up again, and choose what becomes of a step that waits for a choice", Scope: "projects and environments"},
				{Name: "LifecycleView", Means: "see lifecycles", Scope: "nothing: it has no place"},
			},
			Teams: []pages.RoleHolder{{Team: pages.Link{Text: "Internal Deployers", Path: "/people/teams/Teams-1"}, Where: "for Dev and Test", Members: []string{"Internal Deployer"}}},
		})},
		{Name: "user-role-edit", Page: pages.EditNounPage(pages.EditNoun{
			Frame: peopleFrame("Edit Night shift", "", "", people, rolesCrumb), Path: "/people/roles/UserRoles-1/edit", Home: "/people/roles/UserRoles-1", What: "user role Night shift", Revision: "1",
			Problems: []pages.Problem{{Field: "permissions", Text: "User role \"Night shift\" has no permission: name at least one, like ProjectView."}},
			Fields: pages.UserRoleForm(pages.UserRoleFields{Name: "Night shift", Fixed: true, Description: "Deploys when all sleep", Permissions: []pages.TickRow{
				{Value: "ProjectView", Text: "ProjectView", Means: "see projects, their process and their variables"},
				{Value: "DeploymentCreate", Text: "DeploymentCreate", Means: "deploy, take a deployment up again, and choose what becomes of a step that waits for a choice", Ticked: true},
			}, Problems: []pages.Problem{{Field: "permissions", Text: "User role \"Night shift\" has no permission: name at least one, like ProjectView."}}}),
		})},
		{Name: "keys", Page: pages.KeysPage(pages.Keys{Frame: signedIn(pages.InKeys, "API keys", "Each acts as you, with your rights or less."), Expires: sampleLifetimes(), Items: []pages.KeyRow{
			{ID: "Keys-1", Purpose: "Bamboo", Hint: "API-7QK2…", Scope: "at most as Build server, in Random Quotes", Created: at("2 Nov", "2026-11-02 10:00:00"), Expires: at("in 160 days", "2027-05-01 10:00:00"), Used: at("12 min ago", "2026-11-20 13:55:00"), UsedFrom: "10.0.4.7"},
			{ID: "Keys-2", Purpose: "Laptop", Hint: "API-X04M…", Created: at("9 Nov", "2026-11-09 10:00:00")},
			{ID: "Keys-3", Purpose: "Last year", Hint: "API-P00L…", Created: at("9 Nov 2025", "2025-11-09 10:00:00"), Expires: at("8 May", "2026-05-08 10:00:00"), Expired: true},
		}, Projects: []pages.Option{{Text: "Random Quotes"}, {Text: "Harbour"}}, Environments: environments, Roles: roles})},
		{Name: "keys-empty", Page: pages.KeysPage(pages.Keys{Frame: signedIn(pages.InKeys, "API keys", ""), Expires: sampleLifetimes(), Narrow: true, Environments: environments, Roles: roles, Problems: []pages.Problem{{Field: "purpose", Text: "Say what the key is for; it is how you will know it later."}}})},
		{Name: "keys-service", Page: pages.KeysPage(pages.Keys{Frame: peopleFrame("API keys of bamboo", "Each acts as bamboo, with its rights or less.", "", people), For: "bamboo", Expires: sampleLifetimes()})},
		{Name: "key-shown", Page: pages.KeyShownPage(pages.KeyShown{Frame: signedIn(pages.InKeys, "New API key", ""), Purpose: "Bamboo", Key: "API-8Q2M0VXK41TYZB7WRN5CHDG3", Back: pages.KeysPath, Command: "slipway login https://slipway.example.org --key-stdin"})},
	}
}

func sampleRights() []pages.RightRow {
	team := pages.Link{Text: "Internal Deployers", Path: "/people/teams/Teams-1"}
	views := pages.RightBy{Where: "everywhere", Team: team, Role: pages.Link{Text: "Project viewer", Path: "/people/roles/Project%20viewer"}}
	deploys := pages.RightBy{Where: "for Dev and Test", Team: team, Role: pages.Link{Text: "Deployment creator", Path: "/people/roles/Deployment%20creator"}}
	return []pages.RightRow{
		{Name: "ProjectView", Means: "see projects, their process and their variables", By: []pages.RightBy{views}},
		{Name: "DeploymentView", Means: "see deployments, their log, values and files", By: []pages.RightBy{views, deploys}},
		{Name: "DeploymentCreate", Means: "deploy, take a deployment up again, and choose what becomes of a step that waits for a choice", By: []pages.RightBy{deploys}},
		{Name: "InterruptionSubmit", Means: "answer the sign-offs that one is responsible for; every member of a team has it", By: []pages.RightBy{{Where: "everywhere", Team: team}}},
	}
}

func sampleLifetimes() []pages.Choosable {
	return []pages.Choosable{{Value: "30d", Text: "in 30 days"}, {Value: "180d", Text: "in 180 days", Chosen: true}, {Value: "never", Text: "never"}}
}

func unchosen(all []pages.Option) []pages.Option {
	out := make([]pages.Option, len(all))
	for i, o := range all {
		out[i] = pages.Option{Text: o.Text}
	}
	return out
}
