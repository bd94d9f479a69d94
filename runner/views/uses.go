package views

import (
	"context"

	"slipway/pipelines"
)

// Using is a release that has chosen a version of a package.
type Using struct {
	Project pipelines.Project
	Number  string
	ID      string
}

// UsingPage are releases, newest first. Next is the id of a release behind which
// others may be, "" at the end.
type UsingPage struct {
	Releases []Using
	Next     string
}

// mostUsesLooked bounds what one page looks through for who may not see all: then
// it may be shorter, and the next one goes on.
const mostUsesLooked = 500

// ReleasesWith are for each version of a package of the built-in feed the newest
// releases that have chosen it, at most limit, of those that may be seen.
func (v *Views) ReleasesWith(ctx context.Context, p pipelines.Principal, packageID string, versions []string, limit int) ([]UsingPage, error) {
	seen, err := v.releasing(ctx, p)
	if err != nil {
		return nil, err
	}
	out := make([]UsingPage, len(versions))
	err = v.beside(len(versions), func(i int) (err error) {
		out[i], err = v.uses(ctx, seen, packageID, versions[i], "", limit)
		return err
	})
	return out, err
}

// ReleasesBehind are the releases that have chosen a version of a package of the
// built-in feed: those behind one, given by its id, or the newest ones.
func (v *Views) ReleasesBehind(ctx context.Context, p pipelines.Principal, packageID, version, before string, limit int) (UsingPage, error) {
	seen, err := v.releasing(ctx, p)
	if err != nil {
		return UsingPage{}, err
	}
	return v.uses(ctx, seen, packageID, version, before, limit)
}

// releasing are the projects of which releases may be seen, by id.
func (v *Views) releasing(ctx context.Context, p pipelines.Principal) (map[string]pipelines.Project, error) {
	all, err := v.Projects(ctx, p)
	out := map[string]pipelines.Project{}
	for _, project := range all {
		if p.AllowsIn(pipelines.ReleaseView, project.Name) {
			out[project.ID] = project
		}
	}
	return out, err
}

func (v *Views) uses(ctx context.Context, seen map[string]pipelines.Project, packageID, version, before string, limit int) (UsingPage, error) {
	var out UsingPage
	if len(seen) == 0 {
		return out, nil
	}
	step := limit
	for looked := 0; ; looked += step {
		all, more, err := v.Records.Uses(ctx, "", packageID, version, before, step)
		if err != nil {
			return out, err
		}
		for i, u := range all {
			before = u.ReleaseID()
			if project, ok := seen[u.ProjectID]; ok {
				out.Releases = append(out.Releases, Using{project, u.Number, before})
			}
			if len(out.Releases) == limit && (more || i < len(all)-1) {
				out.Next = before
				return out, nil
			}
		}
		if !more {
			return out, nil
		}
		if looked+step >= mostUsesLooked {
			out.Next = before
			return out, nil
		}
		step = 100 // few of them may be seen
	}
}
