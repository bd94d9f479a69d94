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

// ReleaseHead is a release without its frozen project and sets: what lists need.
type ReleaseHead struct {
	pipelines.Release
	Sequence int    `json:"sequence"`
	Frozen   string `json:"frozen"` // name of the blob that holds the whole
	// Listed says that each of its deployments has a row; see deployedKey.
	Listed bool `json:"listed,omitempty"`
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
	return r.frozen(ctx, head)
}

func (r *Records) frozen(ctx context.Context, head ReleaseHead) (pipelines.Release, error) {
	body, _, err := r.blobs.Get(ctx, head.Frozen)
	if err != nil {
		return pipelines.Release{}, fmt.Errorf("frozen copy of release %s: %w", head.ID, err)
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

// AddRelease stores a release under a new id, with the audit entries of it. A number that was ever used in the project is a conflict.
func (r *Records) AddRelease(ctx context.Context, release pipelines.Release, told func(pipelines.Release) []pipelines.Event) (pipelines.Release, error) {
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
		release.ID = releaseID(n)
		head, err := r.freeze(ctx, release, n)
		if err != nil {
			return err
		}
		head.Listed = true
		highest, err := r.highestWith(ctx, head)
		if err != nil {
			return err
		}
		uses, err := r.usesWith(ctx, head)
		if err != nil {
			return err
		}
		return r.Tell(ctx, told(release), append(uses,
			counter, highest,
			table.Create(key("releases", release.ID), encode(head)),
			table.Create(releaseNumberKey(release.ProjectID, release.Number), encode(release.ID)),
			table.Create(releaseIndexKey(head), encode(head)))...)
	})
	return release, err
}

// freeze stores the whole release as a blob and gives its head.
func (r *Records) freeze(ctx context.Context, release pipelines.Release, n int) (ReleaseHead, error) {
	frozen := encode(release)
	blob := fmt.Sprintf("releases/%s-%s", release.ID, shortHash(frozen))
	if _, err := r.blobs.Put(ctx, blob, bytes.NewReader(frozen)); err != nil && !errors.Is(err, blobs.ErrExists) {
		return ReleaseHead{}, err
	}
	head := ReleaseHead{Release: release, Sequence: n, Frozen: blob}
	head.Project = pipelines.Project{ID: release.ProjectID, Name: release.Project.Name}
	head.Sets = nil
	return head, nil
}

// ChangeRelease freezes a release anew, as change makes it of what is stored,
// with the audit entries of that. Its id, project and number stay. Where there is
// nothing to tell, nothing is stored.
func (r *Records) ChangeRelease(ctx context.Context, id string, change func(pipelines.Release) (pipelines.Release, []pipelines.Event, error)) (pipelines.Release, error) {
	var out pipelines.Release
	err := again(ctx, func() error {
		head, revision, ok, err := get[ReleaseHead](ctx, r, key("releases", id))
		if err == nil && !ok {
			err = pipelines.Refuse(pipelines.NotFound, "there is no release %q", id)
		}
		if err != nil {
			return err
		}
		_, indexed, _, err := get[ReleaseHead](ctx, r, releaseIndexKey(head))
		if err != nil {
			return err
		}
		release, err := r.frozen(ctx, head)
		if err != nil {
			return err
		}
		var told []pipelines.Event
		if out, told, err = change(release); err != nil || len(told) == 0 {
			return err
		}
		after, err := r.freeze(ctx, out, head.Sequence)
		if err != nil {
			return err
		}
		after.Listed = head.Listed
		return r.Tell(ctx, told,
			table.Replace(key("releases", id), encode(after), revision),
			table.Replace(releaseIndexKey(after), encode(after), indexed))
	})
	return out, err
}

// ReleaseBefore is the release of a project that was made before another, or
// none.
func (r *Records) ReleaseBefore(ctx context.Context, projectID, id string) (ReleaseHead, bool, error) {
	before, err := all[ReleaseHead](ctx, r, table.Range{
		Partition: "project/" + projectID, From: "release/", Before: "release/" + sequence(numberOf(id)), Descending: true, Limit: 1,
	})
	if err != nil || len(before) == 0 {
		return ReleaseHead{}, false, err
	}
	return before[0], true, nil
}

func releaseIndexKey(head ReleaseHead) table.Key {
	return key("project/"+head.ProjectID, "release", sequence(head.Sequence))
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

// LifecycleOf is the lifecycle by which a project's releases of a channel go
// today; see Judge.
func (r *Records) LifecycleOf(ctx context.Context, project pipelines.Project, channel string) (pipelines.Lifecycle, error) {
	judge, err := r.Judge(ctx)
	return judge.LifecycleOf(project, channel), err
}

// Progression judges one release; see Judge.
func (r *Records) Progression(ctx context.Context, project pipelines.Project, release pipelines.Release) ([]pipelines.Progress, error) {
	judge, err := r.Judge(ctx)
	if err != nil {
		return nil, err
	}
	return judge.Progression(ctx, project, release)
}
