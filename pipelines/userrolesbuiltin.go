package pipelines

import "slices"

// BuiltInRoles are the user roles that are always there, named as in Octopus,
// in the order in which people read them.
func BuiltInRoles() []UserRole { return slices.Clone(builtInRoles) }

var (
	viewing      = []Permission{ProjectView, EnvironmentView, LifecycleView, MachineView, FeedView, ReleaseView, DeploymentView}
	seeingPeople = []Permission{UserView, TeamView, UserRoleView}
	contributing = together(viewing, []Permission{ProjectEdit}, seeingPeople)
	deploying    = []Permission{DeploymentCreate, TaskCancel}
	pushing      = []Permission{BuiltInFeedPush, BuildInformationPush}
	leading      = together(viewing, []Permission{ProjectEdit, ReleaseCreate}, pushing, []Permission{FeedEdit, SecretEdit}, seeingPeople)
)

var builtInRoles = []UserRole{
	{Name: "Project viewer", Description: "sees projects, their releases, deployments and targets", Permissions: viewing},
	{Name: "Project contributor", Description: "a Project viewer who changes projects and their variables, without releasing or deploying", Permissions: contributing},
	{Name: "Project deployer", Description: "a Project contributor who deploys", Permissions: together(contributing, deploying)},
	{Name: "Project lead", Description: "a Project contributor who creates releases, pushes packages and sets secrets, without deploying", Permissions: leading},
	{Name: "Project initiator", Description: "a Project lead who changes lifecycles, for those who start projects", Permissions: together(leading, []Permission{LifecycleEdit})},
	{Name: "Release creator", Description: "creates releases", Permissions: []Permission{ReleaseCreate, ReleaseView, FeedView}},
	{Name: "Deployment creator", Description: "deploys releases and cancels deployments; the dashboard takes Project viewer, too", Permissions: []Permission{DeploymentCreate, TaskCancel, DeploymentView, ReleaseView}},
	{Name: "Package publisher", Description: "pushes packages, with what they were built from", Permissions: together(pushing, []Permission{FeedView})},
	{Name: "Build server", Description: "pushes packages, tells what they were built from, creates releases and deploys them", Permissions: together(pushing, []Permission{ReleaseCreate, ReleaseView, DeploymentCreate, DeploymentView, ProjectView, EnvironmentView, FeedView})},
	{Name: "Environment viewer", Description: "sees environments, their targets and lifecycles", Permissions: []Permission{EnvironmentView, MachineView, LifecycleView}},
	{Name: "Environment manager", Description: "a Project viewer who changes environments, targets and lifecycles", Permissions: together([]Permission{EnvironmentEdit, MachineEdit, LifecycleEdit}, viewing, seeingPeople)},
	{Name: "Lifecycle editor", Description: "changes lifecycles", Permissions: []Permission{LifecycleEdit, LifecycleView, EnvironmentView}},
	{Name: "Feed manager", Description: "changes feeds and sets the secrets that they need", Permissions: []Permission{FeedEdit, FeedView, SecretEdit}},
	{Name: "Team manager", Description: "changes teams, as far as the rights go that one has", Permissions: together([]Permission{TeamEdit}, seeingPeople)},
	{Name: "User manager", Description: "adds, invites and disables users", Permissions: together([]Permission{UserEdit, UserInvite}, seeingPeople)},
	{Name: "Security manager", Description: "changes users, teams and user roles, as far as the rights go that one has, and reads the audit log", Permissions: together([]Permission{UserEdit, UserInvite, TeamEdit, UserRoleEdit, EventView}, seeingPeople)},
	{Name: "Auditor", Description: "reads the audit log, and sees the users, teams and user roles that it tells of", Permissions: together([]Permission{EventView}, seeingPeople)},
	{Name: "System manager", Description: "everything but making administrators", Permissions: allBut(AdministerSystem)},
	{Name: "System administrator", Description: "everything", Permissions: []Permission{AdministerSystem}},
}

// together are the permissions of several lists, each once.
func together(lists ...[]Permission) []Permission {
	var out []Permission
	for _, p := range slices.Concat(lists...) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func allBut(without Permission) []Permission {
	var out []Permission
	for _, p := range permissions {
		if p.Name != without {
			out = append(out, p.Name)
		}
	}
	return out
}
