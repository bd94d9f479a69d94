package pipelines

// Requires says why whoever deploys cannot leave the step out: a person has said
// so of it or of a child step, or it is a sign-off, which nobody gets past by not
// being asked. "" is that they can. Which steps are sign-offs their types say.
func (s Step) Requires(signOff func(Step) bool) string {
	if why := s.requires(signOff); why != "" {
		return "step " + quote(s.Name) + why
	}
	for _, child := range s.Steps {
		if child.requires(signOff) != "" {
			return "step " + quote(s.Name) + " cannot be left out, since its child step " + quote(child.Name) + " is required"
		}
	}
	return ""
}

func (s Step) requires(signOff func(Step) bool) string {
	switch {
	case signOff(s):
		return " is a sign-off and cannot be left out"
	case s.Required:
		return " is required and cannot be left out"
	}
	return ""
}
