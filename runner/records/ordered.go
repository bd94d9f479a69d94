package records

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// OrderedBy is the deployment that a form has ordered, without an id where it has
// ordered none.
func (r *Records) OrderedBy(ctx context.Context, form string) (pipelines.Deployment, error) {
	if form == "" {
		return pipelines.Deployment{}, nil
	}
	id, _, there, err := get[string](ctx, r, formKey(form))
	if err != nil || !there {
		return pipelines.Deployment{}, err
	}
	d, err := r.Deployment(ctx, id)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		return pipelines.Deployment{}, pipelines.Refuse(pipelines.Conflict, "this form has ordered %s, which is no longer kept: open the release to deploy it again", id)
	}
	return d, err
}

// formKept is how long a form is known to have ordered something.
const formKept = 7 * 24 * time.Hour

func formKey(form string) table.Key { return key("ordered", form) }
