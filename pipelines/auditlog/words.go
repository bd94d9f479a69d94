package auditlog

import (
	"strings"
	"unicode"

	"slipway/pipelines"
)

// words are the categories as people read them. What is stored keeps its name, so
// that older logs and exports can be searched as before.
var words = map[string]string{
	"LoginSucceeded": "Signed in", "LoginFailed": "Sign-in failed", "LoginBraked": "Sign-ins slowed down", "LoggedOut": "Signed out",
	"APIKeyUsed": "API key used", "PasswordResetAsked": "New password asked for", "InvitationSent": "Invited",
	"AccountRecovered": "Account recovered",

	"Created": "Created", "Modified": "Changed", "Deleted": "Removed", "MailTested": "Test mail", "MailRead": "Kept mail read",

	"PackagePushed": "Package pushed", "PackageFetched": "Package fetched", "PackageRefused": "Package refused", "PackageGone": "Package gone",
	"BuildInformationPushed": "Build information pushed",

	"ReleaseCreated": "Release created", "ReleaseNotCreated": "Release not created", "ReleaseVariablesUpdated": "Release variables updated",

	"DeploymentQueued": "Deployment queued", "DeploymentNotCreated": "Deployment not created", "DeploymentStarted": "Deployment started",
	"DeploymentSucceeded": "Deployment succeeded", "DeploymentFailed": "Deployment failed", "DeploymentUnknown": "Deployment ended unknown",
	"DeploymentSkipped": "Deployment skipped", "DeploymentCancelled": "Deployment cancelled", "DeploymentCanceled": "Deployment cancelled",
	"DeploymentTimedOut": "Deployment timed out", "DeploymentTookOver": "Deployment taken over", "DeploymentResumed": "Deployment tried again",
	"DeploymentGivenUp": "Deployment given up", "TaskCanceled": "Cancel asked for",

	decided: "Decided", "InterruptionTaken": "Approval taken on", "InterruptionGivenBack": "Approval given back", "WrongCode": "Wrong code",

	Refused: "Refused", Anchored: "Log anchored", Exported: "Log exported", "Damaged": "Damaged",
}

// decided is the category of every answer; which one it was stands in the message.
const decided = "InterruptionSubmitted"

// What is what happened, as people read it: its category's words, and of a decision
// the decision itself.
func What(e pipelines.Event) string {
	if e.Category == decided {
		first, _, _ := strings.Cut(e.Message, " ")
		switch first {
		case "approved", "rejected":
			return strings.ToUpper(first[:1]) + first[1:]
		}
	}
	return Words(e.Category)
}

// Words are a category as people read it: "TaskCanceled" is "Cancel asked for". One
// that nothing here writes, from another version, is cut at its capitals.
func Words(category string) string {
	if known := words[category]; known != "" {
		return known
	}
	var out strings.Builder
	letters := []rune(category)
	for i, r := range letters {
		before := i > 0 && !unicode.IsUpper(letters[i-1])
		behind := i+1 < len(letters) && !unicode.IsUpper(letters[i+1])
		if i > 0 && unicode.IsUpper(r) && (before || behind) {
			out.WriteByte(' ')
			if behind {
				r = unicode.ToLower(r)
			}
		}
		out.WriteRune(r)
	}
	return out.String()
}
