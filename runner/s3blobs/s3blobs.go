// Package s3blobs keeps blobs in a bucket of S3.
//
// It keeps nothing in memory and makes no bucket; the stack makes it, versioned. Next to the store it reads two
// other places of the same bucket: arrivals, which people put there, and events that AWS keeps when nobody took them.
// A newcomer should know that "written once" is S3's own rule here (If-None-Match), so it holds between processes, and that
// S3 checks the SHA-256 of what it receives and keeps it with the object. Only of a blob of several parts it keeps the
// hash of the parts' hashes: such a blob is read twice by Get, the first time to learn its hash.
package s3blobs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"slipway/runner/blobs"
)

// Settings say where in S3 the blobs are.
type Settings struct {
	Bucket string
	Prefix string // before the name of every blob, like "store/"
	// PublicEndpoint is what stands in signed addresses where others reach S3 by another address than we do; "" means ours.
	PublicEndpoint string
}

// Blobs is a blobs.Blobs and a blobs.Signer in a bucket.
type Blobs struct {
	client  *s3.Client
	presign *s3.PresignClient
	bucket  string
	prefix  string
	part    int // bytes of one part; S3 wants at least 5 MiB
}

var (
	_ blobs.Blobs  = (*Blobs)(nil)
	_ blobs.Signer = (*Blobs)(nil)
)

// partSize is how much of a stream is in memory at once. S3 takes 10,000 parts, so the largest blob has 80 GB.
const partSize = 8 << 20

// New uses the bucket. It makes no call.
func New(cfg aws.Config, s Settings) *Blobs {
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		// A bucket is a host's name at AWS. Elsewhere nobody resolves such names.
		o.UsePathStyle = cfg.BaseEndpoint != nil
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		o.DisableLogOutputChecksumValidationSkipped = true
		// "If a conflicting operation occurs during the upload S3 returns a 409 […]. On a 409 failure you should retry the upload."
		o.APIOptions = append(o.APIOptions, countTries)
		o.Retryer = retry.AddWithErrorCodes(o.Retryer, "ConditionalRequestConflict")
	})
	return &Blobs{client: client, presign: signer(cfg, s.PublicEndpoint), bucket: s.Bucket, prefix: s.Prefix, part: partSize}
}

// signer makes no calls, so nothing that watches calls may see what it does.
func signer(cfg aws.Config, endpoint string) *s3.PresignClient {
	cfg = cfg.Copy()
	cfg.APIOptions = nil
	if endpoint != "" {
		cfg.BaseEndpoint = &endpoint
	}
	return s3.NewPresignClient(s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = cfg.BaseEndpoint != nil
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	}))
}

// key is the object of a blob.
func (b *Blobs) key(name string) (string, error) {
	if err := blobs.CheckName(name); err != nil {
		return "", err
	}
	return b.prefix + name, nil
}

// Delete implements blobs.Blobs. The bucket keeps the bytes as an old version until its lifecycle rule removes them.
func (b *Blobs) Delete(ctx context.Context, name string) error {
	key, err := b.key(name)
	if err != nil {
		return err
	}
	if _, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: &key}); err != nil {
		return trouble("delete", name, err)
	}
	return nil
}

// trouble is an error of S3 in this contract's words.
func trouble(doing, name string, err error) error {
	switch status, code := statusOf(err), codeOf(err); {
	case code == "NoSuchKey" || code == "NoSuchVersion" || status == http.StatusNotFound && code == "NotFound":
		return fmt.Errorf("%s: %w", name, blobs.ErrNotFound)
	case status == http.StatusPreconditionFailed:
		return fmt.Errorf("%s: %w", name, blobs.ErrExists)
	}
	return fmt.Errorf("%s the blob %s: %w", doing, name, err)
}

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func statusOf(err error) int {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// answered is when S3 answered, by its clock; the zero time if it did not say.
func answered(meta middleware.Metadata) time.Time {
	at, _ := awsmiddleware.GetServerTime(meta)
	return at
}
