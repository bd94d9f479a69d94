package variables

import (
	"fmt"
	"strings"

	"slipway/pipelines"
)

// tieMessage names two values between which nothing decides, and how to break
// the tie.
func tieMessage(a, b *Defined, where string) string {
	return fmt.Sprintf("variable %q has two values that fit %s equally well: %s and %s; %s",
		a.Name, where, a.describe(), b.describe(), wayOut(a, b))
}

func wayOut(a, b *Defined) string {
	if a.Set != "" && b.Set != "" && a.Set != b.Set {
		return "give the project a value of its own, which is stronger, narrow the scope of one, or remove it"
	}
	return "narrow the scope of one, or remove it"
}

// describe shows a value with its scope, and of a secret only its name.
func (d *Defined) describe() string {
	return d.shown() + " (" + d.where() + ")"
}

// shown is the value as people may see it.
func (d *Defined) shown() string {
	if d.Sensitive() {
		return masked(d.Variable)
	}
	return fmt.Sprintf("%q", d.Value)
}

// masked says where a value lies that nobody may see.
func masked(v pipelines.Variable) string {
	switch {
	case v.Secret != "":
		return "the secret " + v.Secret
	case v.Parameter != "":
		return "the parameter " + v.Parameter
	}
	return "the secret " + v.SecretsManager + " of Secrets Manager"
}

// where is a value's set and scope.
func (d *Defined) where() string {
	scope := scopeOf(d.Scope)
	switch {
	case d.Set == "":
		return scope
	case scope == unscoped:
		return "set " + d.Set
	}
	return "set " + d.Set + "; " + scope
}

// From says in words where the value comes from.
func (d *Defined) From() string {
	switch {
	case d.System:
		return "system"
	case d.Given:
		return "given at the deployment"
	case d.Set != "":
		return "set " + d.Set
	}
	return "project"
}

const unscoped = "unscoped"

func scopeOf(s pipelines.Scope) string {
	var parts []string
	for _, kind := range []struct {
		name  string
		names []string
	}{{"environments", s.Environments}, {"channels", s.Channels}, {"roles", s.Roles}, {"targets", s.Targets}, {"steps", s.Steps}} {
		if len(kind.names) > 0 {
			parts = append(parts, kind.name+": "+strings.Join(kind.names, ", "))
		}
	}
	if len(parts) == 0 {
		return unscoped
	}
	return strings.Join(parts, "; ")
}
