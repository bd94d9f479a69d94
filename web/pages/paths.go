package pages

import "net/url"

// The addresses of the pages, below the base path. Handlers route and redirect
// with these, pages link with them, so that both always mean the same place.
const (
	DashboardPath     = "/"
	DashboardLivePath = "/live"
	SignInPath        = "/signin"
	SignOutPath       = "/signout"
	ShortcutsPath     = "/shortcuts"
	ApprovalsPath     = "/approvals"
	MailPath          = "/mail"
	QueuePath         = "/queue"
	PackagesPath      = "/packages"
	TargetsPath       = "/targets"
	LibraryPath       = "/library"
	PeoplePath        = "/people"
	AuditPath         = "/audit"
	SettingsPath      = "/settings"
	ProfilePath       = "/profile"
	SearchPath        = "/search"
	KeysPath          = "/keys"
	KeptPath          = "/kept"
	KeptReplayPath    = KeptPath + "/replay" // takes the order to give a failed event in again
	KeptForgetPath    = KeptPath + "/forget" // takes the order to drop one
)

// SetUpPath is where the one-time link of the first administrator leads.
func SetUpPath(token string) string { return "/setup/" + url.PathEscape(token) }

// ProjectPath is the page of a project.
func ProjectPath(project string) string { return "/projects/" + url.PathEscape(project) }

// ReleasesPath takes the order to make a release of a project.
func ReleasesPath(project string) string { return ProjectPath(project) + "/releases" }

// ReleasePath is the page of one release of a project.
func ReleasePath(project, version string) string {
	return ReleasesPath(project) + "/" + url.PathEscape(version)
}

// ReleaseVariablesPath takes the order to take today's variables into a release.
func ReleaseVariablesPath(project, version string) string {
	return ReleasePath(project, version) + "/variables"
}

// DeployPath is where a deployment is looked at before it is ordered, and ordered.
func DeployPath(project, version, environment string) string {
	return ReleasePath(project, version) + "/deploy/" + url.PathEscape(environment)
}

// DeploymentPath is the page of a deployment.
func DeploymentPath(id string) string { return "/deployments/" + url.PathEscape(id) }

// DeploymentLivePath is what the open page of a deployment asks every second.
func DeploymentLivePath(id string) string { return DeploymentPath(id) + "/live" }

// CancelPath takes the order to cancel a deployment.
func CancelPath(id string) string { return DeploymentPath(id) + "/cancel" }

// DecidePath takes a choice about an attempt that nobody knows the end of.
func DecidePath(id string) string { return DeploymentPath(id) + "/decide" }

// RetryPath takes the order to take an ended deployment up again.
func RetryPath(id string) string { return DeploymentPath(id) + "/retry" }

// ApprovalPath takes a signed-in person's answer.
func ApprovalPath(id string) string { return ApprovalsPath + "/" + url.PathEscape(id) }

// TakePath takes the word that somebody takes a question on, or gives it back.
func TakePath(id string) string { return ApprovalPath(id) + "/take" }

// AnswerPath is where the links of a sign-off mail lead; wants is "approve" or
// "reject" and only says which button stands first.
func AnswerPath(token, wants string) string {
	p := "/answer/" + url.PathEscape(token)
	if wants == "" {
		return p
	}
	return p + "?wants=" + url.QueryEscape(wants)
}

// HeldMailPath is the page of one held mail.
func HeldMailPath(id string) string { return MailPath + "/" + url.PathEscape(id) }

// HeldMailHTMLPath is the HTML part of a held mail alone, sent with HeldMailPolicy.
func HeldMailHTMLPath(id string) string { return HeldMailPath(id) + "/body.html" }

// RemoveKeyPath takes the order to delete an API key.
func RemoveKeyPath(id string) string { return KeysPath + "/" + url.PathEscape(id) + "/delete" }

// PackagePath is the page of all versions of a package.
func PackagePath(id string) string { return PackagesPath + "/" + url.PathEscape(id) }
