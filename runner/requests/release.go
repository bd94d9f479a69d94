package requests

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/variables"
	"slipway/pipelines/versions"
	"slipway/runner/records"
)

// ReleaseRequest asks for a release. Number "" takes the proposed one;
// Packages overrides the newest version, package by package.
type ReleaseRequest struct {
	Project  string            `json:"project"`
	Number   string            `json:"number,omitempty"`
	Notes    string            `json:"notes,omitempty"`
	Packages map[string]string `json:"packages,omitempty"`
}

// CreateRelease makes a release for somebody, and starts the deployments of the
// phases that are automatic and open to it.
func (r *Requests) CreateRelease(ctx context.Context, p pipelines.Principal, in ReleaseRequest) (pipelines.Release, error) {
	release, err := r.createRelease(ctx, p, in)
	if err != nil {
		return release, err
	}
	project, err := r.project(ctx, release.ProjectID)
	if err != nil {
		return release, err
	}
	progression, err := r.Records.Progression(ctx, project, release)
	if err != nil {
		return release, err
	}
	by := pipelines.System("lifecycle: release created by " + p.Username)
	_, err = r.deployWhere(ctx, by, project, release, progression, func(p pipelines.Progress) bool { return p.Automatic })
	return release, err
}

// createRelease freezes the project's process and variables with the chosen
// package versions, under a number that was never used in the project.
func (r *Requests) createRelease(ctx context.Context, p pipelines.Principal, in ReleaseRequest) (pipelines.Release, error) {
	project, err := r.project(ctx, in.Project)
	if err != nil {
		return pipelines.Release{}, err
	}
	if err := p.Demand(pipelines.ReleaseCreate, pipelines.Where{Project: project.Name}); err != nil {
		return pipelines.Release{}, err
	}
	if len(project.Steps) == 0 {
		return pipelines.Release{}, pipelines.Refuse(pipelines.Conflict, "project %s has no steps: a release would deploy nothing", project.Name)
	}
	if err := r.certainTies(ctx, project); err != nil {
		return pipelines.Release{}, err
	}
	selected, err := r.selectPackages(ctx, project, in.Packages)
	if err != nil {
		return pipelines.Release{}, err
	}
	number, err := r.number(ctx, project, in.Number, selected)
	if err != nil {
		return pipelines.Release{}, err
	}
	release := pipelines.Release{
		ProjectID: project.ID, Number: number, Notes: in.Notes, Packages: selected,
		Project: project, Created: r.Env.Now(), CreatedBy: p.Called,
	}
	return r.Records.AddRelease(ctx, release, func(made pipelines.Release) []records.Change {
		message := fmt.Sprintf("created release %s of %s", made.Number, project.Name)
		return []records.Change{records.Audit(r.audit(p, "ReleaseCreated", made.ID, message, project.ID))}
	})
}

// certainTies refuses a release whose variables tie in an environment whatever
// the target.
func (r *Requests) certainTies(ctx context.Context, project pipelines.Project) error {
	environments, err := r.Records.Environments(ctx)
	if err != nil {
		return err
	}
	var ties []pipelines.Problem
	for _, e := range environments {
		_, found := variables.Choose(project.Variables, variables.Place{Environment: e.Name})
		ties = append(ties, found...)
	}
	if len(ties) == 0 {
		return nil
	}
	refusal := pipelines.Refuse(pipelines.Conflict, "%s", ties[0].Message)
	refusal.Problems = ties
	return refusal
}

// selectPackages chooses the newest version of each package the process
// installs, unless one was asked for.
func (r *Requests) selectPackages(ctx context.Context, project pipelines.Project, asked map[string]string) ([]pipelines.Selected, error) {
	var out []pipelines.Selected
	for _, id := range steps.Packages(r.Types, project.Steps) {
		there, err := r.Records.Packages(ctx, id)
		if err != nil {
			return nil, err
		}
		chosen, err := choose(id, there, wanted(asked, id))
		if err != nil {
			return nil, err
		}
		out = append(out, pipelines.Selected{Package: chosen.ID, Version: chosen.Version, SHA256: chosen.SHA256})
	}
	for id := range asked {
		if !selects(out, id) {
			return nil, pipelines.Refuse(pipelines.Invalid, "no step of %s installs a package %q", project.Name, id)
		}
	}
	return out, nil
}

func wanted(asked map[string]string, id string) string {
	for name, version := range asked {
		if pipelines.SameName(name, id) {
			return version
		}
	}
	return ""
}

func selects(all []pipelines.Selected, id string) bool {
	for _, s := range all {
		if pipelines.SameName(s.Package, id) {
			return true
		}
	}
	return false
}

// choose takes the version asked for, or the newest that is no pre-release
// (there are sorted newest first).
func choose(id string, there []pipelines.Package, version string) (pipelines.Package, error) {
	for _, p := range there {
		if version != "" && strings.EqualFold(p.Version, version) {
			return p, nil
		}
		if v, err := versions.Parse(p.Version); version == "" && err == nil && !v.IsPrerelease() {
			return p, nil
		}
	}
	if version != "" {
		return pipelines.Package{}, pipelines.Refuse(pipelines.NotFound, "there is no version %s of package %s: push it first", version, id)
	}
	if len(there) > 0 {
		return there[0], pipelines.Refuse(pipelines.Conflict, "package %s has only pre-releases (the newest is %s): name the version you want", id, there[0].Version)
	}
	return pipelines.Package{}, pipelines.Refuse(pipelines.NotFound, "package %s has no version yet: `slipway push %s.1.0.0.nupkg`", id, id)
}

// number checks the number asked for, or proposes one: the only package's
// version if it is still free, else the one after the newest release.
func (r *Requests) number(ctx context.Context, project pipelines.Project, asked string, selected []pipelines.Selected) (string, error) {
	if asked != "" {
		if _, err := versions.ParseRelease(asked); err != nil {
			return "", pipelines.Refuse(pipelines.Invalid, "%q is no release number: it looks like 1.0.7 or 1.0.7-beta", asked)
		}
		return asked, nil
	}
	heads, err := r.Records.Releases(ctx, project.ID, 0)
	if err != nil {
		return "", err
	}
	if len(selected) == 1 && numberFor(heads, selected[0].Version) != "" {
		return selected[0].Version, nil
	}
	var newest versions.Version
	found := false
	for _, h := range heads {
		if v, err := versions.ParseRelease(h.Number); err == nil && (!found || versions.Compare(v, newest) > 0) {
			newest, found = v, true
		}
	}
	return versions.Next(newest), nil
}

// ProposeNumber is the number a new release would get now.
func (r *Requests) ProposeNumber(ctx context.Context, p pipelines.Principal, idOrName string) (string, error) {
	project, err := r.project(ctx, idOrName)
	if err != nil {
		return "", err
	}
	if err := p.Demand(pipelines.ReleaseCreate, pipelines.Where{Project: project.Name}); err != nil {
		return "", err
	}
	selected, err := r.selectPackages(ctx, project, nil)
	if err != nil {
		return "", err
	}
	return r.number(ctx, project, "", selected)
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
