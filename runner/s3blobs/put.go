package s3blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/runner/blobs"
)

// absent as If-None-Match: there must be no object of that name.
const absent = "*"

// Put implements blobs.Blobs. What fits into one part is one request. More is uploaded in parts, of which only one is
// in memory; the name appears with the last request, which is refused if it is taken.
func (b *Blobs) Put(ctx context.Context, name string, r io.Reader) (blobs.Info, error) {
	key, err := b.key(name)
	if err != nil {
		return blobs.Info{}, err
	}
	source := whileAlive{ctx, r}
	first, more, err := b.firstPart(source)
	if err != nil {
		return blobs.Info{}, fmt.Errorf("put the blob %s: %w", name, err)
	}
	counted, tries := counting(ctx)
	var info blobs.Info
	if more {
		info, err = b.putParts(counted, key, first, source)
	} else {
		info, err = b.putWhole(counted, key, first)
	}
	if err != nil && *tries > 1 && refusedForTheName(err) {
		info, err = b.mayBeOurs(ctx, name, info.SHA256)
	}
	if err != nil {
		return blobs.Info{}, trouble("put", name, err)
	}
	info.Name = name
	return info, nil
}

// firstPart reads up to one part and says whether it is full. Most blobs are small, so it begins small.
func (b *Blobs) firstPart(r io.Reader) (first []byte, full bool, err error) {
	first = make([]byte, min(64<<10, b.part))
	n, err := io.ReadFull(r, first)
	if err == nil && n < b.part {
		whole := make([]byte, b.part)
		copy(whole, first)
		var m int
		m, err = io.ReadFull(r, whole[n:])
		first, n = whole, n+m
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return first[:n], false, nil
	}
	return first[:n], err == nil, err
}

// putWhole puts a blob of one part. S3 compares the hash with what arrives and keeps it.
func (b *Blobs) putWhole(ctx context.Context, key string, content []byte) (blobs.Info, error) {
	sum := sha256.Sum256(content)
	info := blobs.Info{Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
	out, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.bucket, Key: &key, Body: bytes.NewReader(content), ContentLength: &info.Size,
		ChecksumSHA256: encoded(sum[:]), IfNoneMatch: aws.String(absent),
	})
	if err != nil {
		return info, err
	}
	info.Modified = answered(out.ResultMetadata)
	return info, nil
}

// refusedForTheName says whether the last try may have failed because an earlier one of ours went through.
func refusedForTheName(err error) bool {
	return statusOf(err) == http.StatusPreconditionFailed || codeOf(err) == "NoSuchUpload"
}

// mayBeOurs looks at what has the name, when we tried more than once: the answer to the first try may have got lost, and
// then the name is taken by us. So the same bytes under the name count as put.
func (b *Blobs) mayBeOurs(ctx context.Context, name, sum string) (blobs.Info, error) {
	r, there, err := b.Get(ctx, name)
	if err != nil {
		return blobs.Info{}, fmt.Errorf("look at what has the name: %v", err) // not that it is absent: nobody knows
	}
	if err := r.Close(); err != nil {
		return blobs.Info{}, err
	}
	if there.SHA256 != sum {
		return blobs.Info{}, fmt.Errorf("%s: %w", name, blobs.ErrExists)
	}
	return there, nil
}

// whileAlive reads until the context ends.
type whileAlive struct {
	ctx context.Context
	r   io.Reader
}

func (w whileAlive) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

// encoded is a hash as S3 writes it.
func encoded(sum []byte) *string { return aws.String(base64.StdEncoding.EncodeToString(sum)) }

// decoded is a hash in hexadecimal; "" if S3 knows none of the whole object.
func decoded(sum *string) string {
	raw, err := base64.StdEncoding.DecodeString(aws.ToString(sum))
	if err != nil || len(raw) != sha256.Size {
		return "" // the hash of the hashes of several parts ends in their number
	}
	return hex.EncodeToString(raw)
}

// errTooLarge is the end of what S3 takes in parts.
var errTooLarge = errors.New("it is larger than S3 takes: 10,000 parts")
