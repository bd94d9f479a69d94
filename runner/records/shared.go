package records

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"slipway/pipelines"
	"slipway/runner/table"
)

// Shared reads what lists show most. Each row is read anew and decoded only if it
// is another than the last time, so that what it gives is as fresh as from
// Records, and is held by others too: whoever changes it copies first.
type Shared struct{ r *Records }

// Shared reads for those who only show.
func (r *Records) Shared() Shared { return Shared{r} }

// Projects are all projects by name.
func (s Shared) Projects(ctx context.Context) ([]pipelines.Project, error) {
	out, err := kept(ctx, s.r, &s.r.shownProjects, table.Range{Partition: "config", Prefix: string(Projects) + "/"})
	return byName(out, func(p *pipelines.Project) string { return p.Name }), err
}

// Targets are all targets by name.
func (s Shared) Targets(ctx context.Context) ([]pipelines.Target, error) {
	out, err := kept(ctx, s.r, &s.r.shownTargets, table.Range{Partition: "config", Prefix: string(Targets) + "/"})
	return byName(out, func(t *pipelines.Target) string { return t.Name }), err
}

// Project finds a project by its id or name, as Records.ProjectNamed does.
func (s Shared) Project(ctx context.Context, idOrName string) (pipelines.Project, bool, error) {
	p, there, err := keptOne(ctx, s.r, &s.r.shownProjects, nounKey(Projects, idOrName))
	if err != nil || there {
		return p, there, err
	}
	id, there, err := s.r.idNamed(ctx, Projects, idOrName)
	if err != nil || !there {
		return p, false, err
	}
	return keptOne(ctx, s.r, &s.r.shownProjects, nounKey(Projects, id))
}

// Current is what a project has in each environment.
func (s Shared) Current(ctx context.Context, projectID string) ([]Current, error) {
	return kept(ctx, s.r, &s.r.shownCurrent, table.Range{Partition: "project/" + projectID, Prefix: "current/"})
}

// In is what a project has in one environment; the zero Current if nothing ever was.
func (s Shared) In(ctx context.Context, projectID, environmentID string) (Current, error) {
	current, _, err := keptOne(ctx, s.r, &s.r.shownCurrent, currentKey(pipelines.Deployment{ProjectID: projectID, EnvironmentID: environmentID}))
	return current, err
}

// mostKept is how many releases a list has of which the heads are worth keeping:
// those of longer ones are seldom asked for again.
const mostKept = 20

// Releases are a project's releases, newest first, at most limit.
func (s Shared) Releases(ctx context.Context, projectID string, limit int) ([]ReleaseHead, error) {
	if limit <= 0 || limit > mostKept {
		return s.r.Releases(ctx, projectID, limit)
	}
	return kept(ctx, s.r, &s.r.shownHeads, table.Range{Partition: "project/" + projectID, Prefix: "release/", Descending: true, Limit: limit})
}

// kept reads every item of a range.
func kept[T any](ctx context.Context, r *Records, from *decodings[T], span table.Range) ([]T, error) {
	var out []T
	for item, err := range table.All(ctx, r.table, span) {
		if err != nil {
			return nil, err
		}
		v, err := from.decode(item)
		if err != nil {
			return nil, err
		}
		if out = append(out, v); len(out) == span.Limit {
			break
		}
	}
	return out, nil
}

func keptOne[T any](ctx context.Context, r *Records, from *decodings[T], k table.Key) (value T, there bool, err error) {
	item, err := r.table.Get(ctx, k)
	if missing(err) || TooLarge(err) { // what cannot be a key is nowhere
		return value, false, nil
	}
	if err != nil {
		return value, false, err
	}
	value, err = from.decode(item)
	return value, err == nil, err
}

// byName sorts without asking for the form of a name at each comparison.
func byName[T any](all []T, name func(*T) string) []T {
	type named struct {
		key string
		at  int
	}
	order := make([]named, len(all))
	for i := range all {
		order[i] = named{pipelines.NameKey(name(&all[i])), i}
	}
	slices.SortFunc(order, func(a, b named) int { return cmp.Or(strings.Compare(a.key, b.key), a.at-b.at) })
	out := make([]T, len(all))
	for i, n := range order {
		out[i] = all[n.at]
	}
	return out
}

// decodings keeps values beside the bytes that they were decoded from.
type decodings[T any] struct {
	mu    sync.Mutex
	of    map[table.Key]decoding[T]
	bytes int
}

type decoding[T any] struct {
	from  []byte
	value T
}

// What is kept takes a few times its bytes. A store with more than that decodes
// more often, which is all.
const (
	mostDecodings     = 8192
	mostDecodingBytes = 8 << 20
)

func (d *decodings[T]) decode(item table.Item) (T, error) {
	d.mu.Lock()
	known, there := d.of[item.Key]
	d.mu.Unlock()
	if there && bytes.Equal(known.from, item.Value) {
		return known.value, nil
	}
	fresh := decoding[T]{from: item.Value}
	if err := decode(item, &fresh.value); err != nil {
		return fresh.value, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bytes += len(item.Value) - len(d.of[item.Key].from)
	if d.of == nil || len(d.of) >= mostDecodings || d.bytes > mostDecodingBytes {
		d.of, d.bytes = map[table.Key]decoding[T]{}, len(item.Value)
	}
	d.of[item.Key] = fresh
	return fresh.value, nil
}
