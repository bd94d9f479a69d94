package requests

import (
	"context"
	"strings"
	"sync"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps"
)

// Proposal is what a release of a channel would take now.
type Proposal struct {
	Number   string // "" where a feed's version would decide it, and did not say
	Packages []ProposedPackage
}

// ProposedPackage is a package that a release needs, with the versions to choose
// from.
type ProposedPackage struct {
	Package, Feed string
	Steps         []string // that install it
	Proposed      string   // "" with a reason
	WhyNot        string
	Versions      []string // that the channel takes, newest first
	More          int      // how many older ones are left out of them
}

// Key names the package in ReleaseRequest.Packages.
func (p ProposedPackage) Key() string {
	if p.Feed == "" {
		return pipelines.BuiltInFeed + "/" + p.Package
	}
	return p.Feed + "/" + p.Package
}

const (
	versionsProposed = 100
	// feedsProposed bounds the questions to feeds: a page waits for them.
	feedsProposed = 3 * time.Second
)

// ChoiceError is that one package's version cannot be taken.
type ChoiceError struct {
	Key string // of ProposedPackage
	Err error
}

func (e *ChoiceError) Error() string { return e.Err.Error() }

func (e *ChoiceError) Unwrap() error { return e.Err }

// ProposeRelease says what a release of a channel ("": the default one) would
// take, and what else it could. Feeds are asked for what they have.
func (r *Requests) ProposeRelease(ctx context.Context, p pipelines.Principal, idOrName, channel string) (Proposal, error) {
	project, err := r.project(ctx, p, idOrName)
	if err != nil {
		return Proposal{}, err
	}
	if err := p.Demand(pipelines.ReleaseCreate, pipelines.Where{Project: project.Name}); err != nil {
		return Proposal{}, err
	}
	in, err := project.ChannelNamed(channel)
	if err != nil {
		return Proposal{}, err
	}
	installs := steps.Installs(r.Types, project.Steps)
	out := Proposal{Packages: make([]ProposedPackage, len(installs))}
	ctx, stop := context.WithTimeout(ctx, feedsProposed)
	defer stop()
	var wait sync.WaitGroup
	for i, one := range installs {
		out.Packages[i] = ProposedPackage{Package: one.Package, Feed: one.Feed, Steps: r.installing(project, one)}
		wait.Go(func() {
			r.proposeVersions(ctx, p, choice{project: project, channel: in, id: one.Package, feed: one.Feed}, &out.Packages[i])
		})
	}
	wait.Wait()
	var chosen []pipelines.Selected
	for _, one := range out.Packages {
		if one.Proposed == "" {
			return out, nil
		}
		chosen = append(chosen, pipelines.Selected{Package: one.Package, Version: one.Proposed})
	}
	out.Number, err = r.number(context.WithoutCancel(ctx), project, "", chosen)
	return out, err
}

// proposeVersions fills in what there is to choose of a package.
func (r *Requests) proposeVersions(ctx context.Context, p pipelines.Principal, c choice, out *ProposedPackage) {
	there, err := r.listed(ctx, p, c)
	if err != nil {
		out.WhyNot = err.Error()
		return
	}
	c.there = there
	at, err := c.proposed()
	if err != nil {
		out.WhyNot = err.Error()
	} else {
		out.Proposed = there[at]
	}
	for _, version := range there {
		if ok, _ := c.channel.Accepts(c.id, version); !ok {
			continue
		}
		if len(out.Versions) == versionsProposed {
			out.More++
			continue
		}
		out.Versions = append(out.Versions, version)
	}
}

// listed are the versions of a package in its feed, newest first.
func (r *Requests) listed(ctx context.Context, p pipelines.Principal, c choice) ([]string, error) {
	var out []string
	if c.feed == "" {
		there, err := r.Records.Packages(ctx, c.id)
		for _, one := range there {
			out = append(out, one.Version)
		}
		return out, err
	}
	f, err := r.feedFor(ctx, p, c.feed)
	if err != nil {
		return nil, err
	}
	there, err := r.versionsIn(ctx, f, c.id)
	for _, one := range readable(there) {
		out = append(out, one.Version)
	}
	return out, err
}

// installing are the names of the steps that install a package.
func (r *Requests) installing(project pipelines.Project, one steps.Install) []string {
	var out []string
	for _, step := range project.AllSteps() {
		kind, ok := r.Types[step.Action.Type]
		if ok && pipelines.SameName(kind.Package(step.Action.Settings), one.Package) && pipelines.SameName(plan.FeedOf(kind, step.Action.Settings), one.Feed) {
			out = append(out, step.Name)
		}
	}
	return out
}

// aboutPackage says which package's version an error is about.
func aboutPackage(one steps.Install, err error) error {
	if err == nil || pipelines.CodeOf(err) == "" {
		return err
	}
	return &ChoiceError{Key: ProposedPackage{Package: one.Package, Feed: one.Feed}.Key(), Err: err}
}

// longestNotes bounds the notes of a release, which stand in every list of them.
const longestNotes = 20_000

func checkNotes(notes string) error {
	if len(notes) > longestNotes || strings.ContainsRune(notes, 0) {
		refusal := pipelines.Refuse(pipelines.Invalid, "the notes of a release are text of at most %d bytes: put more into a page of their own and link to it", longestNotes)
		refusal.Problems = []pipelines.Problem{{Path: "notes", Message: refusal.Message}}
		return refusal
	}
	return nil
}
