package s3blobs

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/runner/blobs"
)

// Arrivals are objects that people put into the bucket, outside of the store and under any names.
type Arrivals struct{ store *Blobs }

// Arrivals is this bucket's.
func (b *Blobs) Arrivals() *Arrivals { return &Arrivals{b} }

// Object is one arrival, open for reading at any place. What is read is the one version that was opened, even if
// somebody puts another under its name meanwhile: then reading fails or goes on, but never mixes.
type Object struct {
	Key      string
	Version  string // "" where the bucket has no versions
	ETag     string
	Modified time.Time
	size     int64
	reader   *reader
}

// Open opens a version of an object; version "" is the current one. ctx is for reading too, until Close.
// If there is no such object or version, the error is blobs.ErrNotFound.
func (a *Arrivals) Open(ctx context.Context, key, version string) (*Object, error) {
	in := &s3.HeadObjectInput{Bucket: &a.store.bucket, Key: &key}
	if version != "" {
		in.VersionId = &version
	}
	head, err := a.store.client.HeadObject(ctx, in)
	if err != nil {
		if statusOf(err) == http.StatusMethodNotAllowed { // the version is the mark of a deletion
			return nil, fmt.Errorf("%s: %w", key, blobs.ErrNotFound)
		}
		return nil, trouble("open", key, err)
	}
	o := &Object{
		Key: key, Version: aws.ToString(head.VersionId), ETag: aws.ToString(head.ETag),
		Modified: aws.ToTime(head.LastModified), size: aws.ToInt64(head.ContentLength),
	}
	o.reader = newReader(o.size, func(off, n int64) (*s3.GetObjectOutput, error) {
		in := &s3.GetObjectInput{Bucket: &a.store.bucket, Key: &key, IfMatch: &o.ETag, Range: aws.String(byteRange(off, n))}
		if o.Version != "" {
			in.VersionId = &o.Version
		}
		out, err := a.store.client.GetObject(ctx, in)
		if statusOf(err) == http.StatusPreconditionFailed {
			return nil, fmt.Errorf("%s was replaced while it was read", key)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
		return out, nil
	})
	return o, nil
}

// Size is the number of bytes.
func (o *Object) Size() int64 { return o.size }

// ReadAt implements io.ReaderAt. It is made for an archive's directory and some of its files, in any order, and then
// all of it from the beginning: a handful of requests, whatever the size.
func (o *Object) ReadAt(p []byte, off int64) (int, error) { return o.reader.readAt(p, off) }

// Close ends what is under way. The object cannot be read afterwards.
func (o *Object) Close() error { return o.reader.close() }

// maxCopy is the largest object S3 copies in one request.
const maxCopy = 5 << 30

// Copy puts an arrival into the store under the same rule as Put, without its bytes passing through here unless
// it is larger than S3 copies at once. What arrives in the store has the given SHA-256 or is not kept.
func (a *Arrivals) Copy(ctx context.Context, from *Object, name, sha256 string) (blobs.Info, error) {
	key, err := a.store.key(name)
	if err != nil {
		return blobs.Info{}, err
	}
	if from.size > maxCopy {
		return a.carry(ctx, from, name, sha256)
	}
	source := a.store.bucket + "/" + escaped(from.Key)
	if from.Version != "" {
		source += "?versionId=" + url.QueryEscape(from.Version)
	}
	counted, tries := counting(ctx)
	out, err := a.store.client.CopyObject(counted, &s3.CopyObjectInput{
		Bucket: &a.store.bucket, Key: &key, CopySource: &source, CopySourceIfMatch: &from.ETag, IfNoneMatch: aws.String(absent),
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256, MetadataDirective: types.MetadataDirectiveReplace, TaggingDirective: types.TaggingDirectiveReplace,
	})
	if err != nil && statusOf(err) == http.StatusPreconditionFailed {
		return a.refused(ctx, from, name, sha256, *tries, err)
	}
	if err != nil {
		return blobs.Info{}, trouble("copy "+from.Key+" to", name, err)
	}
	info := blobs.Info{Name: name, Size: from.size, SHA256: sha256, Modified: answered(out.ResultMetadata)}
	if out.CopyObjectResult != nil && decoded(out.CopyObjectResult.ChecksumSHA256) == sha256 {
		return info, nil
	}
	return a.verified(ctx, info)
}

// refused tells which of both conditions did not hold: that the source is still the same, or that the name is free.
func (a *Arrivals) refused(ctx context.Context, from *Object, name, sha256 string, tries int, refusal error) (blobs.Info, error) {
	r, there, err := a.store.Get(ctx, name)
	if errors.Is(err, blobs.ErrNotFound) {
		return blobs.Info{}, fmt.Errorf("%s was replaced before it could be copied: %v", from.Key, refusal)
	}
	if err != nil {
		return blobs.Info{}, err
	}
	if err := r.Close(); err != nil {
		return blobs.Info{}, err
	}
	if tries > 1 && there.SHA256 == sha256 {
		return there, nil // our own first try, whose answer got lost
	}
	return blobs.Info{}, fmt.Errorf("%s: %w", name, blobs.ErrExists)
}

// verified asks for the hash that S3 did not say when it copied.
func (a *Arrivals) verified(ctx context.Context, info blobs.Info) (blobs.Info, error) {
	r, there, err := a.store.Get(ctx, info.Name)
	if err != nil {
		return blobs.Info{}, err
	}
	if err := r.Close(); err != nil {
		return blobs.Info{}, err
	}
	return there, a.sameOrGone(ctx, there, info.SHA256)
}

// sameOrGone removes what has another hash than it should.
func (a *Arrivals) sameOrGone(ctx context.Context, there blobs.Info, sha256 string) error {
	if there.SHA256 == sha256 {
		return nil
	}
	err := fmt.Errorf("the copy %s has SHA-256 %s, expected %s: nothing was kept", there.Name, there.SHA256, sha256)
	return errors.Join(err, a.store.Delete(ctx, there.Name))
}

// carry copies what is too large for one request of S3's own.
func (a *Arrivals) carry(ctx context.Context, from *Object, name, sha256 string) (blobs.Info, error) {
	info, err := a.store.Put(ctx, name, &sequential{from: from})
	if err != nil {
		return blobs.Info{}, err
	}
	return info, a.sameOrGone(ctx, info, sha256)
}

// escaped is a key as CopySource wants it: each byte that a URL's path may not have, escaped, but slashes.
func escaped(key string) string {
	const plain = "-_.~/"
	var out strings.Builder
	for i := range len(key) {
		c := key[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(plain, c) >= 0 {
			out.WriteByte(c)
			continue
		}
		out.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
	}
	return out.String()
}
