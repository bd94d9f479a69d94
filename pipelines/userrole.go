package pipelines

// userRole is a named set of permissions, included in teams by RoleGrant.
type userRole struct {
	name        string
	permissions []Permission
}

var viewing = []Permission{ProjectView, EnvironmentView, LifecycleView, MachineView, FeedView, ReleaseView, DeploymentView}

// userRoles are the built-in user roles, named as in Octopus.
var userRoles = []userRole{
	{"Project viewer", viewing},
	{"Deployment creator", []Permission{DeploymentCreate, TaskCancel, DeploymentView, ReleaseView}},
	{"Release creator", []Permission{ReleaseCreate, ReleaseView, FeedView}},
	{"Package publisher", []Permission{BuiltInFeedPush, FeedView}},
	{"Project lead", append([]Permission{ProjectEdit, ReleaseCreate, BuiltInFeedPush, FeedEdit, SecretEdit, UserView, TeamView}, viewing...)},
	{"Environment manager", append([]Permission{EnvironmentEdit, MachineEdit, LifecycleEdit, UserView, TeamView}, viewing...)},
}

// RoleNames are the user roles there are.
func RoleNames() []string {
	names := make([]string, len(userRoles))
	for i, r := range userRoles {
		names[i] = r.name
	}
	return names
}

func roleNamed(name string) (userRole, bool) {
	for _, r := range userRoles {
		if SameName(r.name, name) {
			return r, true
		}
	}
	return userRole{}, false
}
