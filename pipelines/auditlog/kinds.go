package auditlog

import (
	"slices"
	"strings"

	"slipway/pipelines"
)

// Kind is a group of categories, as people look for them.
type Kind struct {
	Name       string // as it is asked for
	Words      string // as it is shown
	categories []string
}

// Kinds are all kinds, in the order in which they are offered. Every category that
// is written is in one of them, and in no second one.
var Kinds = []Kind{
	{"sign-in", "Signing in and out", []string{"LoginSucceeded", "LoginFailed", "LoginBraked", "LoggedOut", "APIKeyUsed", "PasswordResetAsked", "InvitationSent", "AccountRecovered"}},
	{"configuration", "Changes of configuration", []string{"Created", "Modified", "Deleted", "MailTested", "MailRead"}},
	{"package", "Packages", []string{"PackagePushed", "PackageFetched", "PackageRefused", "PackageGone", "BuildInformationPushed"}},
	{"release", "Releases", []string{"ReleaseCreated", "ReleaseNotCreated", "ReleaseVariablesUpdated"}},
	{"deployment", "Deployments", []string{"DeploymentQueued", "DeploymentNotCreated", "DeploymentStarted", "DeploymentSucceeded", "DeploymentFailed", "DeploymentCancelled", "DeploymentCanceled", "DeploymentTimedOut", "DeploymentTookOver", "DeploymentResumed", "DeploymentGivenUp", "TaskCanceled"}},
	{"decision", "Approvals and decisions", []string{"InterruptionSubmitted", "InterruptionTaken", "InterruptionGivenBack", "WrongCode"}},
	{"refusal", "Refusals", []string{Refused}},
	{"log", "The log itself", []string{Anchored, Exported}},
}

// The categories of entries about the log itself, and their chain.
const (
	Anchored = "Anchored"
	Exported = "AuditExported"
	Refused  = "Refused"

	OwnChain = "Audit"
)

// ReadKind is the kind or category that somebody asks for, by its name or as it is
// shown.
func ReadKind(asked string) (string, error) {
	var names []string
	for _, k := range Kinds {
		if strings.EqualFold(asked, k.Name) || strings.EqualFold(asked, k.Words) {
			return k.Name, nil
		}
		for _, category := range k.categories {
			if strings.EqualFold(asked, category) {
				return category, nil
			}
		}
		names = append(names, k.Name)
	}
	return "", pipelines.Refuse(pipelines.Invalid, "there is no kind %q of entries: there are %s; or say one category, like LoginFailed", asked, strings.Join(names, ", "))
}

// OfKind says whether an entry's category is what is asked for: one of a kind, or
// that category itself.
func OfKind(asked, category string) bool {
	for _, k := range Kinds {
		if strings.EqualFold(k.Name, asked) {
			return slices.Contains(k.categories, category) || k.Name == "deployment" && strings.HasPrefix(category, "Deployment")
		}
	}
	return strings.EqualFold(asked, category)
}
