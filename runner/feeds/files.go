package feeds

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
)

// mostFiles bounds how much of a store is looked through.
const mostFiles = 100_000

// file is one package in a store that knows nothing but names.
type file struct {
	path        string // within the store
	id, version string
	size        int64
	modified    time.Time
}

// store is where files lie: a bucket or a folder. An error of either says what
// is wrong with the store.
type store interface {
	files(context.Context) ([]file, error)
	open(context.Context, file) (io.ReadCloser, error)
}

// fileFeed reads ids and versions off the names of files, like
// RandomQuotes.1.0.42.zip.
type fileFeed struct {
	feed    pipelines.Feed
	address string
	limits  limits
	store   store
}

// named reads what a file's name says; false for what is no package.
func named(path string, size int64, modified time.Time) (file, bool) {
	id, version, _, err := packagefile.ParseName(path[strings.LastIndexByte(path, '/')+1:])
	return file{path, id, version, size, modified}, err == nil
}

// look lists the store's packages within the time of an answer. A network drive
// that hangs does so in the system, where no deadline reaches: it is left behind.
func (s fileFeed) look(ctx context.Context) ([]file, error) {
	ctx, done := s.limits.within(ctx)
	defer done()
	type looked struct {
		files []file
		err   error
	}
	found := make(chan looked, 1)
	go func() {
		files, err := s.store.files(ctx)
		found <- looked{files, err}
	}()
	var l looked
	select {
	case l = <-found:
	case <-ctx.Done():
		l.err = ctx.Err()
	}
	if err := s.explain(ctx, l.err); err != nil {
		return nil, err
	}
	// The same package twice is told by Fetch; the order says which is meant there.
	slices.SortFunc(l.files, func(a, b file) int { return cmp.Compare(a.path, b.path) })
	return l.files, nil
}

func (s fileFeed) explain(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case err == nil:
		return nil
	case errors.Is(cause, errNoAnswer):
		return s.refuse("has not answered within %v; look whether it can be reached", s.limits.answer)
	case errors.Is(cause, errStalled):
		return s.refuse("has sent nothing for %v in the middle of a package; look at it and try again", s.limits.stall)
	case cause != nil:
		return cause
	}
	return s.refuse("%v", err)
}

func (s fileFeed) refuse(format string, args ...any) error {
	return unavailable(s.feed, s.address, format, args...)
}

func (s fileFeed) Versions(ctx context.Context, id string) ([]Version, error) {
	if err := packagefile.CheckID(id); err != nil {
		return nil, err
	}
	files, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	return newestFirst(versionsOf(id, files)), nil
}

func versionsOf(id string, files []file) []Version {
	var found []Version
	for _, f := range files {
		if strings.EqualFold(f.id, id) {
			found = append(found, Version{Version: f.version, Published: f.modified, Size: f.size})
		}
	}
	return found
}

func (s fileFeed) Search(ctx context.Context, text string, limit int) ([]string, error) {
	files, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = f.id
	}
	return idsWith(text, limit, ids), nil
}

func (s fileFeed) Fetch(ctx context.Context, id, version string, to io.Writer) (Fetched, error) {
	want, err := ask(id, version)
	if err != nil {
		return Fetched{}, err
	}
	files, err := s.look(ctx)
	if err != nil {
		return Fetched{}, err
	}
	found, err := s.pick(want, files)
	if err != nil {
		return Fetched{}, err
	}
	return s.receive(ctx, found, want, to)
}

// pick is the one file that fits best; two of them would be two packages under
// one name.
func (s fileFeed) pick(want asked, files []file) (file, error) {
	var best []file
	top := 1
	for _, f := range files {
		switch fit := want.fits(f.id, f.version); {
		case fit > top:
			best, top = []file{f}, fit
		case fit == top:
			best = append(best, f)
		}
	}
	switch len(best) {
	case 0:
		return file{}, notFound(s.feed, s.address, want, versionsOf(want.id, files))
	case 1:
		return best[0], nil
	}
	return file{}, pipelines.Refuse(pipelines.Conflict, "feed %s (%s): has %s more than once, as %s and %s; remove all but one", s.feed.Name, s.address, want, best[0].path, best[1].path)
}

// receive copies the bytes and ends when they stop.
func (s fileFeed) receive(ctx context.Context, f file, want asked, to io.Writer) (Fetched, error) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	watch := time.AfterFunc(s.limits.stall, func() { end(errStalled) })
	defer watch.Stop()
	from, err := s.store.open(ctx, f)
	if err != nil {
		return Fetched{}, s.explain(ctx, err)
	}
	defer from.Close()
	unwatched := context.AfterFunc(ctx, func() { from.Close() })
	defer unwatched()
	p := parcel{name: want.String(), fileName: f.path[strings.LastIndexByte(f.path, '/')+1:], promise: promise{size: f.size}}
	got, err := p.receive(flowing{from, func() { watch.Reset(s.limits.stall) }}, to)
	if _, ok := errors.AsType[writeError](err); ok {
		return Fetched{}, err
	}
	if err != nil && context.Cause(ctx) == nil {
		return Fetched{}, s.refuse("%s: %v", want, err)
	}
	return got, s.explain(ctx, err)
}
