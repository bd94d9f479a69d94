package s3blobs

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
)

// maxLasts is S3's own limit for a signed address.
//
// What is signed ends with the credentials that signed it, however long it was to last. A function's credentials
// are temporary and AWS renews them when it likes, so what must work hours later has to be signed again before.
const maxLasts = 7 * 24 * time.Hour

// SignGet implements blobs.Signer. It makes no call.
func (b *Blobs) SignGet(ctx context.Context, name string, lasts time.Duration) (task.Request, error) {
	key, err := b.key(name)
	if err != nil {
		return task.Request{}, err
	}
	signed, err := b.presign.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: &key}, until(lasts))
	return request(signed, name, err)
}

// SignPut implements blobs.Signer. The conditions are headers that whoever sends must send as they are. It makes no call.
func (b *Blobs) SignPut(ctx context.Context, name, sha256 string, lasts time.Duration) (task.Request, error) {
	key, err := b.key(name)
	if err != nil {
		return task.Request{}, err
	}
	in := &s3.PutObjectInput{Bucket: &b.bucket, Key: &key, IfNoneMatch: aws.String(absent)}
	if sha256 != "" {
		sum, err := hex.DecodeString(sha256)
		if err != nil || len(sum) != 32 {
			return task.Request{}, fmt.Errorf("%w: %q is no SHA-256 in hexadecimal", blobs.ErrInvalid, sha256)
		}
		in.ChecksumSHA256 = encoded(sum)
	}
	signed, err := b.presign.PresignPutObject(ctx, in, until(lasts))
	return request(signed, name, err)
}

// SignForm implements blobs.Signer. It makes no call.
func (b *Blobs) SignForm(ctx context.Context, prefix string, maxSize int64, lasts time.Duration) (task.Form, error) {
	inside, ok := strings.CutSuffix(prefix, "/")
	if !ok {
		return task.Form{}, fmt.Errorf("%w: the prefix %q of a form does not end in a slash", blobs.ErrInvalid, prefix)
	}
	before, err := b.key(inside)
	if err != nil {
		return task.Form{}, err
	}
	before += "/"
	signed, err := b.presign.PresignPostObject(ctx, &s3.PutObjectInput{Bucket: &b.bucket, Key: &before}, func(o *s3.PresignPostOptions) {
		o.Expires = min(lasts, maxLasts)
		o.Conditions = []any{
			[]any{"starts-with", "$key", before},
			[]any{"content-length-range", 0, maxSize},
		}
	})
	if err != nil {
		return task.Form{}, fmt.Errorf("sign a form for the blobs %s…: %w", prefix, err)
	}
	delete(signed.Values, "key") // each use has its own
	return task.Form{URL: signed.URL, Prefix: before, Fields: signed.Values}, nil
}

func until(lasts time.Duration) func(*s3.PresignOptions) {
	return func(o *s3.PresignOptions) { o.Expires = min(lasts, maxLasts) }
}

// request is what is signed, without the headers that every client sends by itself.
func request(signed *v4.PresignedHTTPRequest, name string, err error) (task.Request, error) {
	if err != nil {
		return task.Request{}, fmt.Errorf("sign a request for the blob %s: %w", name, err)
	}
	r := task.Request{Method: signed.Method, URL: signed.URL}
	for header, values := range signed.SignedHeader {
		if header == "Host" || header == "Content-Length" {
			continue
		}
		if r.Header == nil {
			r.Header = map[string]string{}
		}
		r.Header[http.CanonicalHeaderKey(header)] = strings.Join(values, ",")
	}
	return r, nil
}
