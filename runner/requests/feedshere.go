package requests

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/versions"
	"slipway/runner/blobs"
	"slipway/runner/env"
	"slipway/runner/feeds"
	"slipway/runner/records"
)

// FeedsHere asks feeds from this process.
type FeedsHere struct {
	Records *records.Records
	Blobs   blobs.Blobs
	Env     env.Env
	// Open prepares to ask a feed, with its password.
	Open func(context.Context, pipelines.Feed) (feeds.Source, error)
	// TempDir is where files wait until they are whole; "": the system's.
	TempDir string
}

// Versions implements Feeds.
func (h *FeedsHere) Versions(ctx context.Context, f pipelines.Feed, id string) ([]feeds.Version, error) {
	source, err := h.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	out, err := source.Versions(ctx, id)
	return out, unanswered(f, err)
}

// Search implements Feeds.
func (h *FeedsHere) Search(ctx context.Context, f pipelines.Feed, text string, limit int) ([]string, error) {
	source, err := h.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	out, err := source.Search(ctx, text, limit)
	return out, unanswered(f, err)
}

// unanswered makes an error of a feed one about that feed, for people: a feed is
// not ours, so that it fails is no failure of ours.
func unanswered(f pipelines.Feed, err error) error {
	if err == nil || pipelines.CodeOf(err) != "" || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return pipelines.Refuse(pipelines.Unavailable, "feed %s (%s) could not be asked: %s", f.Name, f.URL, err)
}

// Fetch implements Feeds. Whoever gave up waiting finds the package registered
// when asking again.
func (h *FeedsHere) Fetch(ctx context.Context, f pipelines.Feed, order FeedOrder) (pipelines.Package, error) {
	known, there, err := h.Records.FeedPackage(ctx, f.ID, order.Package, order.Version)
	if err != nil || there && !order.Anew {
		return known, err
	}
	file, err := os.CreateTemp(h.TempDir, "fetch-*")
	if err != nil {
		return pipelines.Package{}, noRoom(f, order, err)
	}
	_ = os.Remove(file.Name()) // where the system lets an open file go, a crash leaves nothing behind
	defer os.Remove(file.Name())
	defer file.Close()
	pkg, err := h.into(ctx, f, order, file)
	if err != nil {
		return pipelines.Package{}, err
	}
	if there {
		return known, sameBytes(f, known, pkg)
	}
	if _, err := h.Blobs.Put(ctx, records.PackageBlob(pkg.SHA256), io.NewSectionReader(file, 0, pkg.Size)); err != nil && !errors.Is(err, blobs.ErrExists) {
		return pipelines.Package{}, err
	}
	return h.register(ctx, f, order, pkg)
}

func noRoom(f pipelines.Feed, order FeedOrder, err error) error {
	return pipelines.Refuse(pipelines.Unavailable, "there is no room on this server to fetch %s %s from feed %s: %s", order.Package, order.Version, f.Name, err)
}

// into fetches the bytes and reads what they are. What a feed gives is held
// against what it was asked for.
func (h *FeedsHere) into(ctx context.Context, f pipelines.Feed, order FeedOrder, file *os.File) (pipelines.Package, error) {
	source, err := h.Open(ctx, f)
	if err != nil {
		return pipelines.Package{}, err
	}
	to := &onDisk{file: file}
	got, err := source.Fetch(ctx, order.Package, order.Version, to)
	if to.err != nil {
		return pipelines.Package{}, noRoom(f, order, to.err)
	}
	if err != nil {
		return pipelines.Package{}, unanswered(f, err)
	}
	found, err := packagefile.Identify(got.FileName, file, got.Size)
	if refusal, ok := errors.AsType[*pipelines.Error](err); ok {
		return pipelines.Package{}, pipelines.Refuse(refusal.Code, "what feed %s gave as %s %s cannot be used: %s", f.Name, order.Package, order.Version, refusal.Message)
	}
	if err != nil {
		return pipelines.Package{}, err
	}
	if !pipelines.SameName(found.ID, order.Package) || !sameVersion(found.Version, order.Version) {
		return pipelines.Package{}, pipelines.Refuse(pipelines.Conflict, "feed %s was asked for %s %s, and gave %s %s: it is not taken", f.Name, order.Package, order.Version, found.ID, found.Version)
	}
	return pipelines.Package{
		ID: found.ID, Version: order.Version, FileName: found.ID + "." + order.Version + "." + found.Format, Format: found.Format,
		SHA256: got.SHA256, Size: got.Size, Entries: found.Entries, Notes: found.ReleaseNotes,
		Arrived: h.Env.Now(), ArrivedBy: order.Called, ArrivedVia: order.Via, Feed: f.Name, FeedID: f.ID,
	}, nil
}

// register stores what was fetched, once: of two who fetched at the same time
// the second finds what the first has left.
func (h *FeedsHere) register(ctx context.Context, f pipelines.Feed, order FeedOrder, pkg pipelines.Package) (pipelines.Package, error) {
	entry := (&Requests{Env: h.Env}).audit(order.by(), "PackageFetched", f.ID, fmt.Sprintf("fetched %s %s from feed %s (%s)", pkg.ID, pkg.Version, f.Name, pkg.SHA256))
	entry.Details = packageDetails(pkg)
	err := h.Records.Tell(ctx, []pipelines.Event{entry}, records.AddFeedPackage(pkg))
	if !records.Conflict(err) {
		return pkg, err
	}
	known, _, err := h.Records.FeedPackage(ctx, f.ID, pkg.ID, pkg.Version)
	if err != nil {
		return pipelines.Package{}, err
	}
	return known, sameBytes(f, known, pkg)
}

// sameBytes refuses a version that has become another.
func sameBytes(f pipelines.Feed, known, now pipelines.Package) error {
	if known.SHA256 == now.SHA256 {
		return nil
	}
	return pipelines.Refuse(pipelines.Conflict,
		"feed %s gives other bytes for %s %s than before (SHA-256 %s when it was fetched, %s now): a version never changes, give the new build a new version",
		f.Name, known.ID, known.Version, known.SHA256, now.SHA256)
}

// sameVersion says whether two texts mean one version, like 1.0 and 1.0.0:
// feeds write versions in a form of their own, and leave build metadata out.
func sameVersion(a, b string) bool {
	x, err := versions.Parse(a)
	if err != nil {
		return false
	}
	y, err := versions.Parse(b)
	if err != nil {
		return false
	}
	if x.Metadata == "" || y.Metadata == "" {
		x.Metadata, y.Metadata = "", ""
	}
	return versions.Compare(x, y) == 0
}

// onDisk remembers the errors of our own disk, which are none of the feed's.
type onDisk struct {
	file *os.File
	err  error
}

func (d *onDisk) Write(b []byte) (int, error) {
	n, err := d.file.Write(b)
	if err != nil {
		d.err = err
	}
	return n, err
}
