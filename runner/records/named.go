package records

import (
	"context"

	"slipway/pipelines"
)

// idNamed finds the id of a noun by its name, whatever its case, in one read.
func (r *Records) idNamed(ctx context.Context, kind Kind, name string) (string, bool, error) {
	id, _, ok, err := get[string](ctx, r, nameKey(kind, name))
	return id, ok, err
}

// ProjectNamed finds a project by its id or name without reading all of them;
// false where there is none. An id goes before a name, as it does where all are
// looked through.
func (r *Records) ProjectNamed(ctx context.Context, idOrName string) (pipelines.Project, bool, error) {
	return named[pipelines.Project](ctx, r, Projects, idOrName)
}

func named[T any](ctx context.Context, r *Records, kind Kind, idOrName string) (T, bool, error) {
	noun, _, there, err := get[T](ctx, r, nounKey(kind, idOrName))
	if err != nil || there {
		return noun, there, err
	}
	id, there, err := r.idNamed(ctx, kind, idOrName)
	if err != nil || !there {
		return noun, false, err
	}
	noun, _, there, err = get[T](ctx, r, nounKey(kind, id))
	return noun, there, err
}
