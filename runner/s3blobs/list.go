package s3blobs

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/runner/blobs"
)

// List implements blobs.Blobs. S3 lists in the order of the names' bytes. It leaves SHA256 empty.
func (b *Blobs) List(ctx context.Context, prefix, after string, limit int) ([]blobs.Info, error) {
	if limit < 0 {
		return nil, fmt.Errorf("%w: a list of %q with the limit %d", blobs.ErrInvalid, prefix, limit)
	}
	if limit == 0 {
		limit = blobs.MaxList
	}
	if strings.ContainsFunc(prefix, unicode.IsControl) {
		return nil, nil // no name has such a prefix, and S3's answer cannot repeat it
	}
	in := &s3.ListObjectsV2Input{Bucket: &b.bucket, Prefix: aws.String(b.prefix + prefix)}
	if after != "" {
		in.StartAfter = aws.String(b.prefix + after)
	}
	var found []blobs.Info
	for {
		in.MaxKeys = aws.Int32(int32(min(limit-len(found), blobs.MaxList)))
		page, err := b.client.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("list the blobs %s…: %w", prefix, err)
		}
		for _, o := range page.Contents {
			name, _ := strings.CutPrefix(aws.ToString(o.Key), b.prefix)
			if blobs.CheckName(name) == nil { // somebody may have put something else there
				found = append(found, blobs.Info{Name: name, Size: aws.ToInt64(o.Size), Modified: aws.ToTime(o.LastModified)})
			}
		}
		if len(found) == limit || !aws.ToBool(page.IsTruncated) {
			return found, nil
		}
		in.ContinuationToken = page.NextContinuationToken
	}
}
