package s3blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/runner/blobs"
)

// Get implements blobs.Blobs. Where S3 does not know the hash of the whole, because the blob came in parts or from
// somebody who gave none, the blob is read once to learn it: from memory then if it is small, else again from S3.
func (b *Blobs) Get(ctx context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	key, err := b.key(name)
	if err != nil {
		return nil, blobs.Info{}, err
	}
	out, err := b.get(ctx, key, nil)
	if err != nil {
		return nil, blobs.Info{}, trouble("read", name, err)
	}
	info := blobs.Info{Name: name, Size: aws.ToInt64(out.ContentLength), SHA256: decoded(out.ChecksumSHA256), Modified: aws.ToTime(out.LastModified)}
	body := out.Body
	if info.SHA256 == "" {
		if body, info.SHA256, err = b.learn(ctx, key, name, out); err != nil {
			return nil, blobs.Info{}, err
		}
	}
	return &whole{name: name, body: body, hash: sha256.New(), want: info.SHA256}, info, nil
}

func (b *Blobs) get(ctx context.Context, key string, etag *string) (*s3.GetObjectOutput, error) {
	return b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: &key, IfMatch: etag, ChecksumMode: types.ChecksumModeEnabled})
}

// learn reads a blob to its end for its hash, and returns it opened again.
func (b *Blobs) learn(ctx context.Context, key, name string, out *s3.GetObjectOutput) (io.ReadCloser, string, error) {
	small := aws.ToInt64(out.ContentLength) <= int64(b.part)
	var kept bytes.Buffer
	sum, parts := sha256.New(), newComposite(b.part)
	to := []io.Writer{sum, parts}
	if small {
		to = append(to, &kept)
	}
	_, err := io.Copy(io.MultiWriter(to...), out.Body)
	if err := errors.Join(err, out.Body.Close()); err != nil {
		return nil, "", fmt.Errorf("read the blob %s: %w", name, err)
	}
	if known := aws.ToString(out.ChecksumSHA256); strings.Contains(known, "-") && known != parts.end() {
		return nil, "", damaged(name)
	}
	hashed := hex.EncodeToString(sum.Sum(nil))
	if small {
		return io.NopCloser(&kept), hashed, nil
	}
	again, err := b.get(ctx, key, out.ETag)
	if err != nil {
		return nil, "", fmt.Errorf("read the blob %s again: %w", name, err)
	}
	return again.Body, hashed, nil
}

// GetRange implements blobs.Blobs.
func (b *Blobs) GetRange(ctx context.Context, name string, off, n int64) (io.ReadCloser, error) {
	if off < 0 {
		return nil, fmt.Errorf("%w: a range of %s from %d on", blobs.ErrInvalid, name, off)
	}
	key, err := b.key(name)
	if err != nil {
		return nil, err
	}
	if n == 0 { // S3 has no ranges without bytes
		if _, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.bucket, Key: &key}); err != nil {
			return nil, trouble("read", name, err)
		}
		return http.NoBody, nil
	}
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: &key, Range: aws.String(byteRange(off, n))})
	if statusOf(err) == http.StatusRequestedRangeNotSatisfiable {
		return http.NoBody, nil // the blob ends before
	}
	if err != nil {
		return nil, trouble("read", name, err)
	}
	return out.Body, nil
}

func byteRange(off, n int64) string {
	if n < 0 || off > math.MaxInt64-n {
		return fmt.Sprintf("bytes=%d-", off)
	}
	return fmt.Sprintf("bytes=%d-%d", off, off+n-1)
}

func damaged(name string) error {
	return fmt.Errorf("the blob %s is damaged: it is not what was put; restore an earlier version of the object", name)
}

// whole reads a blob and compares its hash at the end.
type whole struct {
	name string
	body io.ReadCloser
	hash hash.Hash
	want string
}

func (w *whole) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	w.hash.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(w.hash.Sum(nil)) != w.want {
		return n, damaged(w.name)
	}
	if err != nil && err != io.EOF {
		return n, fmt.Errorf("read the blob %s: %w", w.name, err)
	}
	return n, err
}

func (w *whole) Close() error { return w.body.Close() }
