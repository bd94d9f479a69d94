package pipelines

import "slices"

// PermissionInfo is what people read of a permission.
type PermissionInfo struct {
	Name  Permission
	Means string // what one may do with it, in one sentence without a full stop
	// Projects and Environments say which scopes of a role narrow it.
	Projects, Environments bool
	// Looking: what one sees with it has no place, so that a scope does not narrow it
	// either. With neither, a role with a scope does not give it.
	Looking bool
	// Accounts: it is about who may do what. No API key with a scope has it.
	Accounts bool
}

// Permissions are all permissions that a role may hold, in the order in which
// people read them.
func Permissions() []PermissionInfo { return slices.Clone(permissions) }

var permissions = []PermissionInfo{
	{Name: ProjectView, Means: "see projects, their process and their variables", Projects: true, Environments: true},
	{Name: ProjectEdit, Means: "change projects and their variables; without a scope also variable sets, and add and remove projects", Projects: true},
	{Name: ReleaseView, Means: "see releases and what is in them", Projects: true, Environments: true},
	{Name: ReleaseCreate, Means: "create releases, and update the variables of one", Projects: true},
	{Name: DeploymentView, Means: "see deployments, their log, values and files", Projects: true, Environments: true},
	{Name: DeploymentCreate, Means: "deploy, take a deployment up again, and choose what becomes of a step that waits for a choice", Projects: true, Environments: true},
	{Name: TaskCancel, Means: "cancel deployments", Projects: true, Environments: true},
	{Name: InterruptionSubmit, Means: "answer the sign-offs that one is responsible for; every member of a team has it", Projects: true, Environments: true},
	{Name: EnvironmentView, Means: "see environments", Environments: true},
	{Name: EnvironmentEdit, Means: "add, change and remove environments", Environments: true},
	{Name: MachineView, Means: "see targets and how they are", Environments: true},
	{Name: MachineEdit, Means: "add, change, check and remove targets", Environments: true},
	{Name: LifecycleView, Means: "see lifecycles", Looking: true},
	{Name: LifecycleEdit, Means: "add, change and remove lifecycles"},
	{Name: FeedView, Means: "see packages and feeds, and ask feeds", Looking: true},
	{Name: FeedEdit, Means: "add, change and remove feeds"},
	{Name: BuiltInFeedPush, Means: "push packages, of which any project may make a release"},
	{Name: BuildInformationPush, Means: "tell from which commit and build a package came"},
	{Name: SecretEdit, Means: "set secrets, never read one"},
	{Name: EventView, Means: "read the audit log", Projects: true, Environments: true},
	{Name: UserView, Means: "see users", Looking: true},
	{Name: UserEdit, Means: "add, change and disable users, make service accounts and their keys", Accounts: true},
	{Name: UserInvite, Means: "invite people by mail", Accounts: true},
	{Name: TeamView, Means: "see teams, their members and roles", Looking: true},
	{Name: TeamEdit, Means: "add, change and remove teams, giving no right that one does not have", Accounts: true},
	{Name: UserRoleView, Means: "see user roles and who has them", Looking: true},
	{Name: UserRoleEdit, Means: "add, change and remove user roles, giving no right that one does not have", Accounts: true},
	{Name: ConfigureServer, Means: "see how the server is set up, and send test mails", Accounts: true},
	{Name: AdministerSystem, Means: "everything, and make others administrators", Accounts: true},
}

// InfoOf is what people read of one permission.
func InfoOf(p Permission) (PermissionInfo, bool) {
	for _, i := range permissions {
		if i.Name == p {
			return i, true
		}
	}
	return PermissionInfo{}, false
}

func permissionNames() []string {
	names := make([]string, len(permissions))
	for i, p := range permissions {
		names[i] = string(p.Name)
	}
	return names
}
