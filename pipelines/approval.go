package pipelines

import "strings"

// Approval says who may answer a sign-off: members of Teams, or where none is
// named, whoever may deploy there.
type Approval struct {
	Instructions string
	Teams        []string
	// NotRequester: the user with the id RequestedBy, who asked for the deployment,
	// cannot answer, whatever their teams.
	NotRequester bool
	RequestedBy  string
}

// MayAnswer says whether the principal is one of those asked. Membership
// counts when the answer is given, not when the question was sent. An admin
// who is no member is not responsible either.
func (a Approval) MayAnswer(p Principal, where Where) error {
	if a.NotRequester && p.Known() && p.UserID == a.RequestedBy {
		return Refuse(Forbidden, "you asked for this deployment; somebody else%s must answer", of(a.Teams))
	}
	if len(a.Teams) == 0 {
		return p.Demand(DeploymentCreate, where)
	}
	if p.Limited && !p.Allows(InterruptionSubmit, where) {
		return p.lacks(InterruptionSubmit, where)
	}
	for _, t := range a.Teams {
		if HasName(p.Teams, t) {
			return nil
		}
	}
	if !p.Known() {
		return Refuse(Unauthenticated, "sign in first, or use the link in your mail")
	}
	return Refuse(Forbidden, "%s cannot answer this sign-off: it is for members of %s", p.Username, list(a.Teams))
}

func of(teams []string) string {
	switch len(teams) {
	case 0:
		return ""
	case 1:
		return " of " + teams[0]
	}
	return " of " + strings.Join(teams[:len(teams)-1], ", ") + " or " + teams[len(teams)-1]
}
