package records

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"slipway/pipelines"
	"slipway/runner/blobs"
	"slipway/runner/table"
)

// ReleaseHead is a release without its frozen project: what lists need.
type ReleaseHead struct {
	pipelines.Release
	Sequence int    `json:"sequence"`
	Frozen   string `json:"frozen"` // name of the blob that holds the whole
}

// ReleaseHead reads the head of one release.
func (r *Records) ReleaseHead(ctx context.Context, id string) (ReleaseHead, error) {
	head, _, ok, err := get[ReleaseHead](ctx, r, key("releases", id))
	if err == nil && !ok {
		err = pipelines.Refuse(pipelines.NotFound, "there is no release %q", id)
	}
	return head, err
}

// Release reads one release with its frozen project.
func (r *Records) Release(ctx context.Context, id string) (pipelines.Release, error) {
	head, err := r.ReleaseHead(ctx, id)
	if err != nil {
		return pipelines.Release{}, err
	}
	body, _, err := r.blobs.Get(ctx, head.Frozen)
	if err != nil {
		return pipelines.Release{}, fmt.Errorf("frozen copy of release %s: %w", id, err)
	}
	defer body.Close()
	var release pipelines.Release
	err = json.NewDecoder(body).Decode(&release)
	return release, err
}

// Releases are a project's releases, newest first, at most limit (0: all).
func (r *Records) Releases(ctx context.Context, projectID string, limit int) ([]ReleaseHead, error) {
	return all[ReleaseHead](ctx, r, table.Range{Partition: "project/" + projectID, Prefix: "release/", Descending: true, Limit: limit})
}

// ReleaseNumbered finds a project's release by number.
func (r *Records) ReleaseNumbered(ctx context.Context, projectID, number string) (ReleaseHead, bool, error) {
	id, _, ok, err := get[string](ctx, r, releaseNumberKey(projectID, number))
	if err != nil || !ok {
		return ReleaseHead{}, false, err
	}
	head, err := r.ReleaseHead(ctx, id)
	return head, err == nil, err
}

// AddRelease stores a release under a new id, with what else belongs into the
// same write. A number that was ever used in the project is a conflict.
func (r *Records) AddRelease(ctx context.Context, release pipelines.Release, also func(pipelines.Release) []Change) (pipelines.Release, error) {
	err := again(ctx, func() error {
		_, taken, err := r.ReleaseNumbered(ctx, release.ProjectID, release.Number)
		if err != nil {
			return err
		}
		if taken {
			return pipelines.Refuse(pipelines.Conflict, "project %s has a release %s already: numbers are never used twice, take the next one", release.Project.Name, release.Number)
		}
		n, counter, err := r.next(ctx, "Releases")
		if err != nil {
			return err
		}
		release.ID = fmt.Sprintf("Releases-%d", n)
		frozen := encode(release)
		blob := fmt.Sprintf("releases/%s-%s", release.ID, shortHash(frozen))
		if _, err := r.blobs.Put(ctx, blob, bytes.NewReader(frozen)); err != nil && !errors.Is(err, blobs.ErrExists) {
			return err
		}
		head := ReleaseHead{Release: release, Sequence: n, Frozen: blob}
		head.Project = pipelines.Project{ID: release.ProjectID, Name: release.Project.Name}
		changes := []Change{
			counter,
			table.Create(key("releases", release.ID), encode(head)),
			table.Create(releaseNumberKey(release.ProjectID, release.Number), encode(release.ID)),
			table.Create(key("project/"+release.ProjectID, "release", sequence(n)), encode(head)),
		}
		return r.table.Write(ctx, append(changes, also(release)...)...)
	})
	return release, err
}

func releaseNumberKey(projectID, number string) table.Key {
	return key("project/"+projectID, "number", pipelines.NameKey(number))
}

// sequence writes a counter so that keys sort as numbers do.
func sequence(n int) string { return fmt.Sprintf("%010d", n) }

// readAll reads a blob into memory.
func (r *Records) readAll(ctx context.Context, name string) ([]byte, error) {
	body, _, err := r.blobs.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

// Progression judges a release by its project's lifecycle of today.
func (r *Records) Progression(ctx context.Context, project pipelines.Project, release pipelines.Release) ([]pipelines.Progress, error) {
	lifecycle, err := r.Lifecycle(ctx, project.Lifecycle)
	if err != nil {
		return nil, err
	}
	environments, err := r.Environments(ctx)
	if err != nil {
		return nil, err
	}
	succeeded, err := r.Succeeded(ctx, release.ID)
	if err != nil {
		return nil, err
	}
	return lifecycle.Progression(release.Number, func(name string) bool {
		e, ok := pipelines.EnvironmentNamed(environments, name)
		return ok && succeeded[e.ID]
	}), nil
}
