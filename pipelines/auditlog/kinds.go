package auditlog

import (
	"strings"
	"unicode"
)

// Kind is a group of categories, as people look for them.
type Kind struct {
	Name       string // as it is asked for
	Words      string // as it is shown
	categories []string
}

// Kinds are all kinds, in the order in which they are offered. A category that is
// in none of them is found by its own name.
var Kinds = []Kind{
	{"sign-in", "Signing in and out", []string{"LoginSucceeded", "LoginFailed", "LoginBraked", "LoggedOut", "APIKeyUsed", "PasswordResetAsked", "InvitationSent"}},
	{"configuration", "Changes of configuration", []string{"Created", "Modified", "Deleted"}},
	{"package", "Packages", []string{"PackagePushed", "PackageFetched", "PackageRefused", "PackageGone", "BuildInformationPushed"}},
	{"release", "Releases", []string{"ReleaseCreated", "ReleaseNotCreated", "ReleaseVariablesUpdated"}},
	{"deployment", "Deployments", []string{"DeploymentQueued", "DeploymentNotCreated", "DeploymentStarted", "DeploymentSucceeded", "DeploymentFailed", "DeploymentCancelled", "DeploymentCanceled", "DeploymentTimedOut", "DeploymentTookOver", "DeploymentResumed", "DeploymentGivenUp", "TaskCanceled"}},
	{"decision", "Approvals and decisions", []string{"InterruptionSubmitted", "InterruptionTaken", "InterruptionGivenBack", "WrongCode"}},
	{"refusal", "Refusals", []string{"Refused", "WrongCode", "LoginFailed", "LoginBraked", "PackageRefused"}},
	{"log", "The log itself", []string{Anchored, Exported}},
}

// The categories of entries about the log itself, and their chain.
const (
	Anchored = "Anchored"
	Exported = "AuditExported"
	Refused  = "Refused"

	OwnChain = "Audit"
)

// ofKind says whether an entry's category is what is asked for: one of a kind, or
// that category itself.
func ofKind(asked, category string) bool {
	for _, k := range Kinds {
		if strings.EqualFold(k.Name, asked) {
			for _, c := range k.categories {
				if c == category {
					return true
				}
			}
			return k.Name == "deployment" && strings.HasPrefix(category, "Deployment")
		}
	}
	return strings.EqualFold(asked, category)
}

// Words are a category as people read it: "DeploymentQueued" is "Deployment
// queued".
func Words(category string) string {
	var out strings.Builder
	for i, r := range category {
		if i > 0 && unicode.IsUpper(r) {
			out.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		out.WriteRune(r)
	}
	return out.String()
}
