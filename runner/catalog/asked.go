package catalog

import (
	"context"
	"errors"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/textform"
	"slipway/runner/blobs"
	"slipway/runner/records"
)

// A release asks the teams that its process named when it was made. So a team that
// was ever asked answers for as long as there are such releases, and stays guarded
// although today's process names another.

// askedTeams are the teams that processes name, or ever named.
func askedTeams(ctx context.Context, r *records.Records, now []pipelines.Project) ([]string, error) {
	out, kept, err := r.AskedTeams(ctx)
	if err != nil {
		return nil, err
	}
	out = withAsked(out, now...)
	if kept {
		return out, nil
	}
	before, err := r.AskedBefore(ctx, func() ([]string, error) { return askedByReleases(ctx, r, now) })
	if err != nil {
		return nil, err
	}
	return appendNames(out, before...), nil
}

// askedByReleases looks through all releases that were made before there was the row.
func askedByReleases(ctx context.Context, r *records.Records, now []pipelines.Project) ([]string, error) {
	var out []string
	for _, project := range now {
		heads, err := r.Releases(ctx, project.ID, 0)
		if err != nil {
			return nil, err
		}
		for _, head := range heads {
			release, err := r.Release(ctx, head.ID)
			if errors.Is(err, blobs.ErrNotFound) {
				continue // nobody can deploy it any more
			}
			if err != nil {
				return nil, err
			}
			out = withAsked(out, release.Project)
		}
	}
	return out, nil
}

// withAsked adds the teams that projects name for sign-offs.
func withAsked(out []string, projects ...pipelines.Project) []string {
	for _, p := range projects {
		for _, s := range p.Steps { // no child step asks people
			if s.Action.Type != (approval.Type{}).Name() {
				continue
			}
			out = appendNames(out, approval.Teams(s.Action.Settings)...)
		}
	}
	return out
}

func appendNames(out []string, names ...string) []string {
	for _, name := range names {
		if !pipelines.HasName(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// askedFor are the asked teams where a change could put somebody among those who
// answer, else none: most changes have nothing to do with it.
func (c *Catalog) askedFor(ctx context.Context, now textform.Nouns, changes []textform.Change) ([]string, error) {
	if !slices.ContainsFunc(changes, func(ch textform.Change) bool { return ch.Kind == users.word || ch.Kind == teams.word }) {
		return nil, nil
	}
	return askedTeams(ctx, c.Records, now.Projects)
}

// remembersAsked are the changes that write down which teams the projects name
// that are written.
func (c *Catalog) remembersAsked(ctx context.Context, writes []write) ([]records.Change, error) {
	var saved []pipelines.Project
	for _, w := range writes {
		if w.kind != records.Projects || w.remove {
			continue
		}
		if p, ok := w.noun(w.id, 0).(pipelines.Project); ok {
			saved = append(saved, p)
		}
	}
	if len(saved) == 0 {
		return nil, nil
	}
	known, kept, err := c.Records.AskedTeams(ctx)
	if err != nil {
		return nil, err
	}
	if !kept {
		now, err := c.Records.Projects(ctx)
		if err != nil {
			return nil, err
		}
		if known, err = askedTeams(ctx, c.Records, now); err != nil {
			return nil, err
		}
	}
	all := withAsked(slices.Clone(known), saved...)
	if kept && len(all) == len(known) {
		return nil, nil
	}
	return []records.Change{records.KeepAskedTeams(all)}, nil
}

// mayTakeOver is the rule of that name, for somebody's account as it is now.
func (c *Catalog) mayTakeOver(ctx context.Context, p pipelines.Principal, now textform.Nouns, u pipelines.User, what string) error {
	asked, err := askedTeams(ctx, c.Records, now.Projects)
	if err != nil {
		return err
	}
	return mayTakeOver(p, now, u, what, asked)
}
