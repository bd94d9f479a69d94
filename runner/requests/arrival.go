package requests

import (
	"context"
	"errors"
	"io"
	"path"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/blobs"
	"slipway/runner/records"
)

// Arrival is the news that somebody has put an object into the bucket. The same
// news may come twice, and late.
type Arrival struct {
	Key       string // as it stands in the bucket: packages/…
	Version   string // "" in a bucket without versions
	ETag      string // without quotation marks
	Size      int64
	Sequencer string // orders the news of one key; "" where nothing does
	At        time.Time
}

// Bucket is where people put packages for us to fetch.
type Bucket interface {
	// Open opens an object in this version, "" the newest. One that is not there
	// any more is blobs.ErrNotFound.
	Open(ctx context.Context, key, version string) (Object, error)
	// Copy copies the very bytes that were opened, of which the SHA-256 is known
	// by now, into the blob store under a name, or fails; a name that is taken is
	// blobs.ErrExists.
	Copy(ctx context.Context, o Object, name, sha256 string) (blobs.Info, error)
}

// Object is an opened object. It reads the same bytes however often, or fails.
type Object interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// theBucket brings what was put there. Who may write into the bucket is decided
// there, not here, and is told to nobody.
func theBucket() pipelines.Principal {
	p := pipelines.System("bucket")
	p.Username, p.Called = "bucket", "the bucket"
	return p
}

// Arrive receives an object from the bucket as if it had been pushed, and notes
// what became of it. What is refused, or is gone, is an outcome and no error:
// nobody waits for an answer, so it is kept where people look. An error means
// that the news should be told again.
//
// Of one key only the latest news counts: what is older than, or the same as,
// the last one noted is passed over.
func (r *Requests) Arrive(ctx context.Context, from Bucket, a Arrival) (records.Arrival, error) {
	last, _, known, err := r.Records.LastArrival(ctx, a.Key)
	if err != nil || known && !later(a, last) {
		return last, err
	}
	out := records.Arrival{Key: a.Key, Version: a.Version, Sequencer: a.Sequencer, Outcome: records.Registered}
	received, err := r.fetch(ctx, from, a)
	refusal, refused := errors.AsType[*pipelines.Error](err)
	switch {
	case err == nil:
		out.Package, out.Problems = received.Package.ID+" "+received.Package.Version, received.Problems
		out.Projects = received.problemsOf
	case errors.Is(err, blobs.ErrNotFound):
		out.Outcome = records.Gone
	case refused && (refusal.Code == pipelines.Invalid || refusal.Code == pipelines.Conflict):
		out.Outcome, out.Why = records.Refused, refusal.Message
	default:
		return out, err
	}
	out.At = r.Env.Now()
	return r.noteArrival(ctx, a, out)
}

func later(a Arrival, last records.Arrival) bool {
	return a.Sequencer == "" || records.CompareSequencers(a.Sequencer, last.Sequencer) > 0
}

// fetch takes the object over into the store and registers it. Its bytes are
// hashed here: what a bucket says of an object's content is no SHA-256 of it.
func (r *Requests) fetch(ctx context.Context, from Bucket, a Arrival) (Received, error) {
	o, err := from.Open(ctx, a.Key, a.Version)
	if err != nil {
		return Received{}, err
	}
	defer o.Close()
	name, size := path.Base(a.Key), o.Size()
	if size > LargestPackage {
		return Received{}, tooLarge(name, size, LargestPackage)
	}
	content := &readAhead{size: size, fetch: func(off, n int64) (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(o, off, n)), nil
	}}
	p := theBucket()
	pkg, err := r.identify(p, name, content, size)
	if err != nil {
		return Received{}, err
	}
	if pkg.SHA256, err = hashOf(content, size); err != nil {
		return Received{}, err
	}
	return r.receive(ctx, p, pkg, func(blob string) error {
		_, err := from.Copy(ctx, o, blob, pkg.SHA256)
		return err
	})
}

// noteArrival writes down what became of an arrival, unless later news of the
// same key was noted meanwhile.
func (r *Requests) noteArrival(ctx context.Context, a Arrival, out records.Arrival) (records.Arrival, error) {
	for {
		last, revision, known, err := r.Records.LastArrival(ctx, a.Key)
		if err != nil || known && !later(a, last) {
			return last, err
		}
		var told []pipelines.Event
		switch out.Outcome {
		case records.Refused:
			told = append(told, r.audit(theBucket(), "PackageRefused", auditlog.ArrivalSubject(a.Key), "refused "+a.Key+" from the bucket: "+out.Why))
		case records.Gone:
			told = append(told, r.audit(theBucket(), "PackageGone", auditlog.ArrivalSubject(a.Key), "passed over "+a.Key+" from the bucket: it was removed before it was read"))
		}
		if err := r.Records.Tell(ctx, told, records.KeepArrival(out, r.Env.NewID(), revision)...); !records.Conflict(err) {
			return out, err
		}
	}
}
