package s3blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/runner/blobs"
)

// keptPrefix is where Lambda writes what no function could take.
const keptPrefix = "aws/lambda/"

// maxKept is more than Lambda writes: an invocation has at most 6 MB, in a record around it.
const maxKept = 16 << 20

// Kept are the events that AWS kept because they failed again and again.
type Kept struct{ store *Blobs }

// Kept is this bucket's.
func (b *Blobs) Kept() *Kept { return &Kept{b} }

// KeptEvent describes one.
type KeptEvent struct {
	Key  string // of the object
	At   time.Time
	Size int64
}

// List returns at most blobs.MaxList events in the order of their keys.
func (k *Kept) List(ctx context.Context) ([]KeptEvent, error) {
	page, err := k.store.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
		Bucket: &k.store.bucket, Prefix: aws.String(keptPrefix), MaxKeys: aws.Int32(blobs.MaxList),
	})
	if err != nil {
		return nil, fmt.Errorf("list the kept events: %w", err)
	}
	var all []KeptEvent
	for _, o := range page.Contents {
		all = append(all, KeptEvent{Key: aws.ToString(o.Key), At: aws.ToTime(o.LastModified), Size: aws.ToInt64(o.Size)})
	}
	return all, nil
}

// Get returns the event as AWS wrote it. If there is none of that key, the error is blobs.ErrNotFound.
func (k *Kept) Get(ctx context.Context, key string) ([]byte, error) {
	if err := isKept(key); err != nil {
		return nil, err
	}
	out, err := k.store.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &k.store.bucket, Key: &key})
	if err != nil {
		return nil, trouble("read", key, err)
	}
	text, err := io.ReadAll(io.LimitReader(out.Body, maxKept+1))
	if err := errors.Join(err, out.Body.Close()); err != nil {
		return nil, fmt.Errorf("read the kept event %s: %w", key, err)
	}
	if len(text) > maxKept {
		return nil, fmt.Errorf("the kept event %s is larger than any that AWS keeps: %d MB", key, maxKept>>20)
	}
	return text, nil
}

// Delete removes an event. That it is absent is fine.
func (k *Kept) Delete(ctx context.Context, key string) error {
	if err := isKept(key); err != nil {
		return err
	}
	if _, err := k.store.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &k.store.bucket, Key: &key}); err != nil {
		return trouble("delete", key, err)
	}
	return nil
}

// isKept keeps a key from a page within the kept events: the rest of the bucket is not for reading here.
func isKept(key string) error {
	if !strings.HasPrefix(key, keptPrefix) || key == keptPrefix {
		return fmt.Errorf("%w: %q is no kept event; their keys begin with %s", blobs.ErrInvalid, key, keptPrefix)
	}
	return nil
}
