package pipelines

// Permission is one thing a person may do. Names are Octopus's where it has
// one.
type Permission string

// The permissions.
const (
	ProjectView     Permission = "ProjectView"
	ProjectEdit     Permission = "ProjectEdit"
	EnvironmentView Permission = "EnvironmentView"
	EnvironmentEdit Permission = "EnvironmentEdit"
	MachineView     Permission = "MachineView"
	MachineEdit     Permission = "MachineEdit"
	LifecycleView   Permission = "LifecycleView"
	LifecycleEdit   Permission = "LifecycleEdit"
	FeedView        Permission = "FeedView" // see packages and feeds, and ask feeds
	FeedEdit        Permission = "FeedEdit" // add, change and remove feeds
	BuiltInFeedPush Permission = "BuiltInFeedPush"
	// BuildInformationPush is telling from which commit and build a package came.
	BuildInformationPush Permission = "BuildInformationPush"
	ReleaseView          Permission = "ReleaseView"
	ReleaseCreate        Permission = "ReleaseCreate"
	DeploymentView       Permission = "DeploymentView"
	DeploymentCreate     Permission = "DeploymentCreate"
	TaskCancel           Permission = "TaskCancel"
	InterruptionSubmit   Permission = "InterruptionSubmit" // answer an approval one is responsible for
	UserView             Permission = "UserView"
	UserEdit             Permission = "UserEdit"
	UserInvite           Permission = "UserInvite" // invite people by mail
	TeamView             Permission = "TeamView"
	TeamEdit             Permission = "TeamEdit"
	UserRoleView         Permission = "UserRoleView"
	UserRoleEdit         Permission = "UserRoleEdit"
	EventView            Permission = "EventView"
	SecretEdit           Permission = "SecretEdit"
	ConfigureServer      Permission = "ConfigureServer" // see the settings; what could make somebody another takes an administrator
	AdministerSystem     Permission = "AdministerSystem"
	// Own is what everybody who has signed in may do: see and change what is
	// theirs.
	Own Permission = "Own"
)

// Where is the place a permission is asked for. Empty fields are not asked
// about.
type Where struct{ Project, Environment string }

// Principal is who is asking: a person, or the system itself.
type Principal struct {
	UserID   string
	Username string
	Called   string
	Mail     string
	Teams    []string
	Admin    bool
	Grants   []Grant
	// Via says how the principal came in: session, api key, mail link, trigger.
	Via string
	// From is the address that the request came from, "" for what happens by itself.
	From string
	// Limited: it came by an API key with a scope, so Grants are less than the
	// user's, and nothing about accounts can be done.
	Limited bool
	// Build: it came by a key that a build got for its token, with which nothing about
	// accounts and keys is done either.
	Build bool
	// Credential is the id of the API key or session that was used, "" for none.
	Credential string
}

// System is the principal for what happens by itself, like an automatic phase.
func System(via string) Principal {
	return Principal{UserID: "Users-System", Username: "system", Called: "Slipway", Admin: true, Via: via}
}

// Known says whether somebody is asking at all.
func (p Principal) Known() bool { return p.UserID != "" }

// Allows says whether the principal holds the permission there. Rights add up:
// one fitting grant is enough, and no grant narrows another.
func (p Principal) Allows(want Permission, where Where) bool {
	if !p.Known() {
		return false
	}
	if p.Admin || want == Own {
		return true
	}
	for _, g := range p.Grants {
		if g.Permission == want && fits(g.Projects, where.Project) && fits(g.Environments, where.Environment) {
			return true
		}
	}
	return false
}

// AllowsIn says whether the principal holds the permission somewhere in the
// project, be it in one environment only: what seeing the project itself takes.
func (p Principal) AllowsIn(want Permission, project string) bool {
	if p.Allows(want, Where{Project: project}) {
		return true
	}
	for _, g := range p.Grants {
		if g.Permission == want && fits(g.Projects, project) {
			return true
		}
	}
	return false
}

// AllowsAnywhere says whether there is any place where the principal holds the
// permission: what a route asks before the object is loaded.
func (p Principal) AllowsAnywhere(want Permission) bool {
	if p.Allows(want, Where{}) {
		return true
	}
	for _, g := range p.Grants {
		if g.Permission == want {
			return true
		}
	}
	return false
}

// Demand is Allows with an error for people.
func (p Principal) Demand(want Permission, where Where) error {
	switch {
	case !p.Known():
		return Refuse(Unauthenticated, "sign in first, or send an API key")
	case p.Allows(want, where):
		return nil
	}
	return p.lacks(want, where)
}

// DemandIn is AllowsIn with an error for people.
func (p Principal) DemandIn(want Permission, project string) error {
	if p.AllowsIn(want, project) {
		return nil
	}
	return p.Demand(want, Where{Project: project})
}

// lacks names the place only to somebody who may know of it.
func (p Principal) lacks(want Permission, where Where) error {
	if where.Project != "" && !p.Knows(where.Project) {
		where = Where{}
	}
	e := Refuse(Forbidden, "%s needs the permission %s%s: a team of yours must include a user role that has it", p.Username, want, where.Words())
	if p.Limited {
		e = Refuse(Forbidden, "this API key of %s lacks the permission %s%s: its owner must have it, and the key's scope must not leave it out", p.Username, want, where.Words())
		if placeless(want) {
			e.Message += "; " + string(want) + " has no place, so that a key that is only for some projects or environments never has it"
		}
	}
	e.Lacks, e.Where = want, where
	return e
}

// DemandWhole refuses whoever came by a key with a scope: what is about accounts
// takes the person, or a key that may do all that the person may; and whoever came
// by a key that a build got, which would otherwise leave more behind than itself.
func (p Principal) DemandWhole() error {
	switch {
	case !p.Known():
		return p.Demand(Own, Where{})
	case p.Limited:
		return Refuse(Forbidden, "this API key of %s has a scope, and with such a key no account and no key is changed: sign in", p.Username)
	case p.Build:
		return Refuse(Forbidden, "this key of %s was made for one build, and with such a key no account and no key is changed", p.Username)
	}
	return nil
}

// DemandOwn is for one's own account: how one signs in is changed by who is signed
// in on the pages. A key that somebody found must not become the account.
func (p Principal) DemandOwn() error {
	if err := p.DemandWhole(); err != nil {
		return err
	}
	if p.Via != "session" {
		return Refuse(Forbidden, "sign in on the pages to change your own account: an API key is not enough")
	}
	return nil
}

// Knows says whether any right that has to do with the project is held: for
// everybody else it is not there.
func (p Principal) Knows(project string) bool {
	if p.Admin {
		return true
	}
	for _, g := range p.Grants {
		if i, _ := InfoOf(g.Permission); i.Projects && g.Permission != InterruptionSubmit && fits(g.Projects, project) {
			return true
		}
	}
	return false
}

// Words are ` in project "A" for environment "Dev"`, "" for everywhere.
func (w Where) Words() string {
	place := ""
	if w.Project != "" {
		place += " in project " + quote(w.Project)
	}
	if w.Environment != "" {
		place += " for environment " + quote(w.Environment)
	}
	return place
}
