package requests

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/variables"
	"slipway/pipelines/versions"
)

// ReleaseRequest asks for a release. Number "" takes the proposed one, Channel
// "" the project's default one; Packages overrides the newest version that the
// channel takes, package by package, each named by its id or by FEED/ID.
type ReleaseRequest struct {
	Project  string            `json:"project"`
	Channel  string            `json:"channel,omitempty"`
	Number   string            `json:"number,omitempty"`
	Notes    string            `json:"notes,omitempty"`
	Packages map[string]string `json:"packages,omitempty"`
}

// CreateRelease is MakeRelease for who need not know what followed.
func (r *Requests) CreateRelease(ctx context.Context, p pipelines.Principal, in ReleaseRequest) (pipelines.Release, error) {
	release, _, err := r.MakeRelease(ctx, p, in)
	return release, err
}

// MakeRelease makes a release for somebody, and starts the deployments of the
// phases that are automatic and open to it. It tells of those that they may see.
func (r *Requests) MakeRelease(ctx context.Context, p pipelines.Principal, in ReleaseRequest) (pipelines.Release, Followed, error) {
	release, err := r.createRelease(ctx, p, in, mostNumbers)
	if err != nil {
		return release, Followed{}, err
	}
	project, err := r.project(ctx, p, release.ProjectID)
	if err != nil {
		return release, Followed{}, err
	}
	progression, err := r.Records.Progression(ctx, project, release)
	if err != nil {
		return release, Followed{}, err
	}
	by := starter{Principal: pipelines.System("lifecycle: release created by " + p.Username), automatic: true, cause: causeOf(p)}
	followed, err := r.deployWhere(ctx, by, project, release, progression, func(p pipelines.Progress) bool { return p.Automatic })
	return release, followed.heardBy(p), err
}

// createRelease freezes the project's process and variables, with those of its
// sets, with the chosen package versions, under a number that was never used in
// the project. Where none is named, that many are proposed, one after the other, if
// others are faster.
func (r *Requests) createRelease(ctx context.Context, p pipelines.Principal, in ReleaseRequest, numbers int) (pipelines.Release, error) {
	project, err := r.project(ctx, p, in.Project)
	if err != nil {
		return pipelines.Release{}, err
	}
	if err := p.Demand(pipelines.ReleaseCreate, pipelines.Where{Project: project.Name}); err != nil {
		return pipelines.Release{}, err
	}
	if err := checkNotes(in.Notes); err != nil {
		return pipelines.Release{}, err
	}
	if len(project.Steps) == 0 {
		return pipelines.Release{}, pipelines.Refuse(pipelines.Conflict, "project %s has no steps: a release would deploy nothing", project.Name)
	}
	channel, err := project.ChannelNamed(in.Channel)
	if err != nil {
		return pipelines.Release{}, err
	}
	sets, err := r.setsOf(ctx, project)
	if err != nil {
		return pipelines.Release{}, err
	}
	selected, err := r.selectPackages(ctx, p, project, channel, in.Packages)
	if err != nil {
		return pipelines.Release{}, err
	}
	release := pipelines.Release{
		ProjectID: project.ID, Notes: in.Notes, Packages: selected,
		Project: project, Sets: sets, Created: r.Env.Now(), CreatedBy: p.Called,
	}
	if len(project.Channels) > 0 { // else its channel is the one of a project without any
		release.Channel = channel.Name
	}
	for tries := 1; ; tries++ {
		if release.Number, err = r.number(ctx, project, in.Number, selected); err != nil {
			return pipelines.Release{}, err
		}
		made, err := r.Records.AddRelease(ctx, release, func(made pipelines.Release) []pipelines.Event {
			return []pipelines.Event{r.releaseCreated(p, made)}
		})
		if in.Number != "" || pipelines.CodeOf(err) != pipelines.Conflict || tries >= numbers {
			return made, err
		}
	}
}

// mostNumbers is how many numbers are proposed to somebody who named none.
const mostNumbers = 100

func (r *Requests) releaseCreated(p pipelines.Principal, made pipelines.Release) pipelines.Event {
	message := fmt.Sprintf("created release %s of %s", made.Number, made.Project.Name)
	if made.Channel != "" {
		message += " in channel " + made.Channel
	}
	entry := r.audit(p, "ReleaseCreated", made.ID, message, made.ProjectID)
	entry.Project = made.ProjectID
	if len(made.Packages) > 0 {
		entry.Details = map[string]string{"packages": chosen(made.Packages)}
	}
	return entry
}

// setsOf are the variable sets that a project includes, as they are now. Values
// between which certainly nothing decides are refused before they are frozen.
func (r *Requests) setsOf(ctx context.Context, project pipelines.Project) ([]pipelines.VariableSet, error) {
	sets, err := r.included(ctx, project)
	if err != nil {
		return nil, err
	}
	if ties := variables.Ties(project, sets); len(ties) > 0 {
		refusal := pipelines.Refuse(pipelines.Conflict, "%s", ties[0].Message)
		refusal.Problems = ties
		return nil, refusal
	}
	return sets, nil
}

// included are the variable sets that a project names. Most name none, and then
// none are read.
func (r *Requests) included(ctx context.Context, project pipelines.Project) ([]pipelines.VariableSet, error) {
	if len(project.VariableSets) == 0 {
		return nil, nil
	}
	all, err := r.Records.VariableSets(ctx)
	return project.SetsOf(all), err
}

// longestNumber is how long a release's number may be: it stands in folders' names.
const longestNumber = 100

// number checks the number asked for, or proposes one: the only package's
// version if it is still free, else the one after the newest release.
func (r *Requests) number(ctx context.Context, project pipelines.Project, asked string, selected []pipelines.Selected) (string, error) {
	if len(asked) > longestNumber {
		return "", pipelines.Refuse(pipelines.Invalid, "a release number has at most %d characters, and this one %d", longestNumber, len(asked))
	}
	if asked != "" {
		if _, err := versions.ParseRelease(asked); err != nil {
			return "", pipelines.Refuse(pipelines.Invalid, "%q is no release number: it looks like 1.0.7 or 1.0.7-beta", asked)
		}
		return asked, nil
	}
	if len(selected) == 1 && len(selected[0].Version) <= longestNumber {
		free, err := r.free(ctx, project, selected[0].Version)
		if free || err != nil {
			return selected[0].Version, err
		}
	}
	highest, err := r.Records.HighestRelease(ctx, project.ID)
	if err != nil || highest == "" {
		return versions.Next(versions.Version{}), err
	}
	newest, err := versions.ParseRelease(highest)
	if err != nil {
		return "", err
	}
	return versions.Next(newest), nil
}

// free says whether a project has no release of that number.
func (r *Requests) free(ctx context.Context, project pipelines.Project, number string) (bool, error) {
	_, taken, err := r.Records.ReleaseNumbered(ctx, project.ID, number)
	return !taken, err
}

// ProposeNumber is the number a new release of a channel would get now; channel
// "" is the default one. It asks no feed, since pages show it: where the number
// would be the version of a feed's package, it is "".
func (r *Requests) ProposeNumber(ctx context.Context, p pipelines.Principal, idOrName, channel string) (string, error) {
	project, err := r.project(ctx, p, idOrName)
	if err != nil {
		return "", err
	}
	if err := p.Demand(pipelines.ReleaseCreate, pipelines.Where{Project: project.Name}); err != nil {
		return "", err
	}
	in, err := project.ChannelNamed(channel)
	if err != nil {
		return "", err
	}
	installs := steps.Installs(r.Types, project.Steps)
	var chosen []pipelines.Selected
	for _, one := range installs {
		if one.Feed != "" {
			continue
		}
		s, err := r.pushed(ctx, choice{project: project, channel: in, id: one.Package}, "")
		if err != nil {
			return "", err
		}
		chosen = append(chosen, s)
	}
	switch foreign := len(installs) - len(chosen); {
	case foreign > 0 && len(installs) == 1:
		return "", nil
	case foreign > 0:
		chosen = nil // of several packages none gives its version
	}
	return r.number(ctx, project, "", chosen)
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
