// Package feeds lists and fetches packages from feeds that are not ours: NuGet
// v2 and v3, a prefix in S3, a folder.
//
// It stores nothing and knows no project. The idea a newcomer would miss: a feed
// is never trusted. What it says of sizes and hashes is held against the bytes
// that come, its links never carry our password to somebody else, and every
// question has a short deadline, so that a dead feed is an error about that feed
// and nothing else.
package feeds

import (
	"context"
	"io"
	"time"

	"slipway/pipelines"
)

// Source is a feed that can be asked, by several at once.
type Source interface {
	// Versions are the versions of a package, newest first by SemVer; an unknown id
	// is no error and has none. What the feed does not list any more is left out,
	// and what is no version.
	Versions(ctx context.Context, id string) ([]Version, error)
	// Search lists ids of packages that contain a text, at most limit.
	Search(ctx context.Context, text string, limit int) ([]string, error)
	// Fetch writes one version's bytes to a file, held against what the feed says
	// of them. A version that is no longer listed can be fetched. After an error
	// what was written is worth nothing.
	Fetch(ctx context.Context, id, version string, to io.Writer) (Fetched, error)
}

// Version is a version that a feed lists.
type Version struct {
	Version   string // as the feed writes it
	Published time.Time
	Size      int64 // 0: the feed does not say
	Notes     string
}

// Fetched is what came.
type Fetched struct {
	FileName string // like RandomQuotes.1.0.42.nupkg
	SHA256   string // lower-case hex
	Size     int64
}

// Access is what opens a feed besides its address.
type Access struct {
	Password string
	// S3 reads objects of foreign buckets; nil where this server reaches none.
	S3 Objects
}

// Objects lists and reads objects in S3.
type Objects interface {
	List(ctx context.Context, bucket, prefix string) ([]Object, error)
	Get(ctx context.Context, bucket, key string) (io.ReadCloser, error)
}

// Object is one object in S3.
type Object struct {
	Key      string
	Size     int64
	Modified time.Time
}

// AnswerLimit is how long a feed may take to answer a question; fetching bytes
// may go on for as long as they flow.
const AnswerLimit = 8 * time.Second

// stallLimit is how long the bytes of a package may stop.
const stallLimit = 30 * time.Second

// limits are the two above; tests have shorter ones.
type limits struct{ answer, stall time.Duration }

// Open prepares to ask a feed; nothing is sent yet.
func Open(f pipelines.Feed, with Access) (Source, error) {
	return open(f, with, limits{AnswerLimit, stallLimit})
}

func open(f pipelines.Feed, with Access, l limits) (Source, error) {
	switch f.Type {
	case pipelines.FeedNuGet:
		return openNuGet(f, with.Password, l)
	case pipelines.FeedS3:
		return openBucket(f, with.S3, l)
	case pipelines.FeedFolder:
		return openFolder(f, l)
	default:
		return nil, pipelines.Refuse(pipelines.Invalid, "feed %s has the type %q: it is nuget, s3 or folder", f.Name, f.Type)
	}
}
