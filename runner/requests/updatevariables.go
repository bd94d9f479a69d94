package requests

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/variables"
)

// UpdateVariables takes today's variables of the project, and those of its sets,
// into a release; all else of it stays frozen. It needs the right to make such a
// release. Deployments that have begun keep the values they began with.
//
// It says what has changed, as far as they may see it; where nothing has, nothing
// is stored.
func (r *Requests) UpdateVariables(ctx context.Context, p pipelines.Principal, id string) (pipelines.Release, []variables.Difference, error) {
	head, err := r.Records.ReleaseHead(ctx, id)
	if err != nil {
		return pipelines.Release{}, nil, err
	}
	project, err := r.project(ctx, p, head.ProjectID)
	if err != nil {
		return pipelines.Release{}, nil, err
	}
	if err := p.Demand(pipelines.ReleaseCreate, pipelines.Where{Project: project.Name}); err != nil {
		return pipelines.Release{}, nil, err
	}
	sets, err := r.setsOf(ctx, project)
	if err != nil {
		return pipelines.Release{}, nil, err
	}
	var changed []variables.Difference
	release, err := r.Records.ChangeRelease(ctx, head.ID, func(was pipelines.Release) (pipelines.Release, []pipelines.Event, error) {
		now := was
		now.Project.Variables, now.Project.VariableSets, now.Sets = project.Variables, project.VariableSets, sets
		all := variables.Changed(variables.New(was.Project, was.Sets, nil), variables.New(now.Project, now.Sets, nil))
		changed = variables.ChangedSeen(p, was.Project, now.Project, was.Sets, now.Sets)
		if len(all) == 0 && sameWords(was, now) {
			return was, nil, nil
		}
		entry := r.audit(p, "ReleaseVariablesUpdated", was.ID, fmt.Sprintf("took today's variables into release %s of %s", was.Number, project.Name), project.ID)
		entry.Project, entry.Details = project.ID, map[string]string{"lines": told(all)}
		return now, []pipelines.Event{entry}, nil
	})
	return release, changed, err
}

// sameWords says that two releases whose values are the same also ask for them,
// and describe them, alike.
func sameWords(a, b pipelines.Release) bool {
	return reflect.DeepEqual(a.Project.Variables, b.Project.Variables) && reflect.DeepEqual(a.Project.VariableSets, b.Project.VariableSets) && reflect.DeepEqual(a.Sets, b.Sets)
}

// mostTold bounds what is kept in an audit entry, which is one small item.
const mostTold = 16 << 10

func told(changed []variables.Difference) string {
	var out strings.Builder
	for i, d := range changed {
		line := d.String() + "\n"
		if out.Len()+len(line) > mostTold {
			fmt.Fprintf(&out, "and %d more\n", len(changed)-i)
			break
		}
		out.WriteString(line)
	}
	return out.String()
}
