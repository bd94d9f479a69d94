package catalog

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// weighed is what an Apply comes to.
type weighed struct {
	changes []textform.Change
	writes  []write
}

// weigh compares, demands the rights, and judges the whole as it will be.
func (c *Catalog) weigh(p pipelines.Principal, now, wanted textform.Nouns) (weighed, error) {
	wanted, found := c.canonical(wanted)
	changes := textform.Compare(now, wanted, c.stepTypes())
	if err := mayApply(p, now, wanted, changes); err != nil {
		return weighed{}, err
	}
	var all textform.Nouns
	var writes [6][]write
	all.Environments, writes[0] = layOver(environments, now.Environments, wanted.Environments, changes)
	all.Lifecycles, writes[1] = layOver(lifecycles, now.Lifecycles, wanted.Lifecycles, changes)
	all.Users, writes[2] = layOver(users, now.Users, wanted.Users, changes)
	all.Teams, writes[3] = layOver(teams, now.Teams, wanted.Teams, changes)
	all.Targets, writes[4] = layOver(targets, now.Targets, wanted.Targets, changes)
	all.Projects, writes[5] = layOver(projects, now.Projects, wanted.Projects, changes)
	found = append(found, c.check(now, wanted, all)...)
	if len(found) > 0 {
		return weighed{}, refused(found)
	}
	out := weighed{changes: changes}
	for _, w := range writes {
		out.writes = append(out.writes, w...)
	}
	return out, nil
}

func refused(found []pipelines.Problem) error {
	message := "the configuration has a problem, and nothing was changed: " + found[0].String()
	if n := len(found); n > 1 {
		message = fmt.Sprintf("the configuration has %d problems, and nothing was changed; the first: %s", n, found[0])
	}
	return &pipelines.Error{Code: pipelines.Invalid, Message: message, Problems: found}
}

// path names one noun of what is wanted, as textform does.
func path(kind string, i int) string { return fmt.Sprintf("%ss[%d]", kind, i) }
