// Package requests is everything people, triggers and clients may ask for:
// receive a package, create a release, deploy, answer a sign-off, choose, retry,
// cancel.
//
// Each request checks the right and the rule, saves with its audit entry, and
// has the deployment looked at. It touches no host and sends no mail: that
// follows from what it saved. Whatever the way in (page, API, mail link,
// command line, trigger), it is the same request, so a right holds everywhere
// or nowhere.
package requests

import (
	"cmp"
	"context"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/blobs"
	"slipway/runner/env"
	"slipway/runner/records"
	"slipway/runner/wake"
)

// Requests takes requests.
type Requests struct {
	Records *records.Records
	Blobs   blobs.Blobs
	Wake    wake.Wake
	Types   plan.Types
	Env     env.Env
	BaseURL string // where people reach us, without a slash at the end
	// Sources says that variables may point to values kept at AWS.
	Sources bool
	// Feeds asks feeds; nil where nobody does.
	Feeds Feeds
	// FeedPatience bounds a question to a feed; 0 is 9 s.
	FeedPatience time.Duration
	// Signer signs exports of the audit log; nil where nobody does.
	Signer Signer
}

// audit makes the entry for what a principal did.
func (r *Requests) audit(p pipelines.Principal, category, subject, message string, related ...string) pipelines.Event {
	e := p.Did(r.Env.NewID(), r.Env.Now(), category, subject, message)
	e.Related = related
	return e
}

// auditIn is audit for what was done in a project's environment.
func (r *Requests) auditIn(p pipelines.Principal, d pipelines.Deployment, category, message string) pipelines.Event {
	e := r.audit(p, category, d.ID, message, d.ProjectID, d.ReleaseID, d.EnvironmentID)
	e.Project, e.Environment = d.ProjectID, d.EnvironmentID
	return e
}

// chosen names package versions for an entry, with where they come from and the
// beginning of their hash.
func chosen(selected []pipelines.Selected) string {
	var out []string
	for _, s := range selected {
		line := s.Package + " " + s.Version + " of " + cmp.Or(s.Feed, pipelines.BuiltInFeed)
		if s.SHA256 != "" {
			line += ", SHA-256 " + s.SHA256[:min(12, len(s.SHA256))]
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// project finds a project by id or name. Others are named to those who see them;
// for whoever has no right in it, it is not there.
func (r *Requests) project(ctx context.Context, p pipelines.Principal, idOrName string) (pipelines.Project, error) {
	found, there, err := r.Records.ProjectNamed(ctx, idOrName)
	if err != nil || there && (p.Knows(found.Name) || !p.Known()) {
		return found, err
	}
	projects, err := r.Records.Projects(ctx)
	if err != nil {
		return pipelines.Project{}, err
	}
	var names []string
	for _, other := range projects {
		if p.AllowsIn(pipelines.ProjectView, other.Name) {
			names = append(names, other.Name)
		}
	}
	return pipelines.Project{}, nothingCalled("project", idOrName, names)
}

// release finds a release by id, or by its number in the project.
func (r *Requests) release(ctx context.Context, project pipelines.Project, idOrNumber string) (pipelines.Release, error) {
	head, ok, err := r.Records.ReleaseNumbered(ctx, project.ID, idOrNumber)
	if err != nil {
		return pipelines.Release{}, err
	}
	if !ok {
		head, err = r.Records.ReleaseHead(ctx, idOrNumber)
		if err != nil || head.ProjectID != project.ID {
			return pipelines.Release{}, pipelines.Refuse(pipelines.NotFound, "project %s has no release %q", project.Name, idOrNumber)
		}
	}
	return r.Records.Release(ctx, head.ID)
}

// environment finds an environment by id or name, likewise.
func (r *Requests) environment(ctx context.Context, p pipelines.Principal, idOrName string) (pipelines.Environment, error) {
	all, err := r.Records.Environments(ctx)
	if err != nil {
		return pipelines.Environment{}, err
	}
	var names []string
	for _, e := range all {
		if e.ID == idOrName || pipelines.SameName(e.Name, idOrName) {
			return e, nil
		}
		if p.Allows(pipelines.EnvironmentView, pipelines.Where{Environment: e.Name}) {
			names = append(names, e.Name)
		}
	}
	return pipelines.Environment{}, nothingCalled("environment", idOrName, names)
}

// nothingCalled names what there is, where that helps.
func nothingCalled(what, asked string, there []string) error {
	if len(there) == 0 {
		return pipelines.Refuse(pipelines.NotFound, "there is no %s %q, or you may not see it", what, asked)
	}
	return pipelines.Refuse(pipelines.NotFound, "there is no %s %q; there are: %s", what, asked, list(there))
}
