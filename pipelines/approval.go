package pipelines

// Approval says who may answer a sign-off: members of Teams, or where none is
// named, whoever may deploy there.
type Approval struct {
	Instructions string
	Teams        []string
}

// MayAnswer says whether the principal is one of those asked. Membership
// counts when the answer is given, not when the question was sent. An admin
// who is no member is not responsible either.
func (a Approval) MayAnswer(p Principal, where Where) error {
	if len(a.Teams) == 0 {
		return p.Demand(DeploymentCreate, where)
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
