package s3blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/runner/blobs"
)

const maxParts = 10000

// putParts uploads a stream whose first part has been read already. Whatever fails, the upload is aborted; if not
// even that can be done, nothing is visible and the bucket's lifecycle rule removes the parts.
func (b *Blobs) putParts(ctx context.Context, key string, first []byte, rest io.Reader) (blobs.Info, error) {
	begun, err := b.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &b.bucket, Key: &key, ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	if err != nil {
		return blobs.Info{}, err
	}
	u := &upload{store: b, key: key, id: *begun.UploadId, hash: sha256.New()}
	err = u.send(ctx, first, rest)
	info := blobs.Info{Size: u.size, SHA256: hex.EncodeToString(u.hash.Sum(nil))}
	if err == nil {
		info.Modified, err = u.complete(ctx)
	}
	if err != nil {
		u.abort(ctx)
	}
	return info, err
}

// upload is one multipart upload under way.
type upload struct {
	store   *Blobs
	key, id string
	hash    hash.Hash
	size    int64
	done    []types.CompletedPart
}

func (u *upload) send(ctx context.Context, buffer []byte, rest io.Reader) error {
	n := len(buffer)
	for n > 0 {
		if err := u.part(ctx, buffer[:n]); err != nil {
			return err
		}
		if n < len(buffer) {
			return nil
		}
		var err error
		if n, err = io.ReadFull(rest, buffer); err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
	}
	return nil
}

func (u *upload) part(ctx context.Context, content []byte) error {
	if len(u.done) == maxParts {
		return errTooLarge
	}
	sum := sha256.Sum256(content)
	number := aws.Int32(int32(len(u.done) + 1))
	out, err := u.store.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &u.store.bucket, Key: &u.key, UploadId: &u.id, PartNumber: number,
		Body: bytes.NewReader(content), ContentLength: aws.Int64(int64(len(content))),
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256, ChecksumSHA256: encoded(sum[:]),
	})
	if err != nil {
		return fmt.Errorf("part %d: %w", *number, err)
	}
	u.hash.Write(content)
	u.size += int64(len(content))
	u.done = append(u.done, types.CompletedPart{ETag: out.ETag, PartNumber: number, ChecksumSHA256: encoded(sum[:])})
	return nil
}

func (u *upload) complete(ctx context.Context) (time.Time, error) {
	out, err := u.store.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &u.store.bucket, Key: &u.key, UploadId: &u.id, IfNoneMatch: aws.String(absent),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: u.done},
	})
	if err != nil {
		return time.Time{}, err
	}
	return answered(out.ResultMetadata), nil
}

// abort is done even if the caller's time is over.
func (u *upload) abort(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, _ = u.store.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{ // else the lifecycle rule does it
		Bucket: &u.store.bucket, Key: &u.key, UploadId: &u.id,
	})
}

// composite is S3's hash of a blob in parts: the hash of the parts' hashes, and their number.
type composite struct {
	part  int64
	whole hash.Hash // of the parts' hashes
	one   hash.Hash // of the part under way
	n     int64     // bytes of it
	parts int
}

func newComposite(part int) *composite {
	return &composite{part: int64(part), whole: sha256.New(), one: sha256.New()}
}

// Write implements io.Writer.
func (c *composite) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if c.n == c.part {
			c.endPart()
		}
		now := rest[:min(int64(len(rest)), c.part-c.n)]
		c.one.Write(now)
		c.n += int64(len(now))
		rest = rest[len(now):]
	}
	return len(p), nil
}

func (c *composite) endPart() {
	c.whole.Write(c.one.Sum(nil))
	c.one.Reset()
	c.n = 0
	c.parts++
}

// end is the hash as S3 writes it. Nothing may be written afterwards.
func (c *composite) end() string {
	c.endPart()
	return fmt.Sprintf("%s-%d", *encoded(c.whole.Sum(nil)), c.parts)
}
