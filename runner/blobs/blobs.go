// Package blobs is the contract of the store for bytes of any size under names: packages, plans, outputs, logs.
// It stores nothing itself and does not know what the bytes mean.
// A blob is written once and never changed: Put refuses a name that is taken, so whoever has read a blob
// under a name has read what everybody reads. To say something else, use another name.
package blobs

import (
	"context"
	"errors"
	"io"
	"time"

	"slipway/pipelines/task"
)

var (
	// ErrNotFound is returned when there is no blob of that name.
	ErrNotFound = errors.New("no such blob")
	// ErrExists is returned by Put when there is a blob of that name, whether with the same bytes or others.
	// Where the same bytes are fine, compare Info.SHA256 of a Get.
	ErrExists = errors.New("there is a blob of that name already")
	// ErrInvalid is what all refusals of names and ranges are. Asking again cannot help.
	ErrInvalid = errors.New("not a legal request to the blob store")
)

// Info describes one blob.
type Info struct {
	Name string
	Size int64
	// SHA256 is the hash of the bytes in lower-case hexadecimal. Put and Get give it, List may leave it empty.
	SHA256   string
	Modified time.Time // when it was put, by the store's clock
}

// Blobs is the store. All methods may be called from many goroutines at once.
// Errors are ErrNotFound, ErrExists and ErrInvalid as documented on them, wrapped with the name;
// any other error is the store's trouble.
type Blobs interface {
	// Put stores all bytes of r under a new name and returns when they would survive the loss of the process.
	// Until then nobody sees the name; if r fails or ctx ends, nothing is stored. Of several at once for one name one
	// wins and the others get ErrExists. On ErrExists r may have been read or not. After an error
	// that is none of this package's it is unknown whether the blob is there: whole, or not at all.
	Put(ctx context.Context, name string, r io.Reader) (Info, error)
	// Get opens a blob from the beginning. The caller closes it. A store that notices that the bytes
	// are not those that were put fails the read; it never ends early as if all had been read.
	Get(ctx context.Context, name string) (io.ReadCloser, Info, error)
	// GetRange opens the n bytes from off on, fewer where the blob ends before, none where it ends before off.
	// A negative n means up to the end.
	GetRange(ctx context.Context, name string, off, n int64) (io.ReadCloser, error)
	// List returns the blobs whose names begin with prefix (any text, not only whole segments) and are greater
	// than after, ordered by the bytes of the whole name. At most limit of them; 0 means at most MaxList.
	// Fewer than asked for means that there are no more. What is put or deleted meanwhile may be in it or not.
	List(ctx context.Context, prefix, after string, limit int) ([]Info, error)
	// Delete removes a blob. That it is absent is fine. Readers that are open read on or fail; they do not end early.
	Delete(ctx context.Context, name string) error
}

// MaxList is the number of blobs a List without a limit returns at most.
const MaxList = 1000

// Signer is what a store can do besides whose blobs can be reached without us, by a signed address.
// Ask for it with a type assertion.
type Signer interface {
	// SignGet returns the request that reads the blob, usable for the given time. Whether the blob is there is not looked at.
	SignGet(ctx context.Context, name string, lasts time.Duration) (task.Request, error)
	// SignPut returns the request that puts the blob under the same rule as Put: a name that is taken is refused. Where
	// sha256 (lower-case hexadecimal) is given, so are other bytes than those with that hash.
	SignPut(ctx context.Context, name, sha256 string, lasts time.Duration) (task.Request, error)
	// SignForm returns the form that puts blobs of up to maxSize bytes each under names that begin with prefix, which
	// ends in a slash. A name that is taken is overwritten: the one exception to "written once", for hosts that report, whose
	// pieces are the same bytes each time.
	SignForm(ctx context.Context, prefix string, maxSize int64, lasts time.Duration) (task.Form, error)
}
