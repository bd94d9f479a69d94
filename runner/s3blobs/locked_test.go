package s3blobs

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/runner/blobs"
	"slipway/test/emulators/s3"
)

// lockedBucket is a bucket as the stack makes it for anchors: what comes into it
// is locked for so many days.
func lockedBucket(t *testing.T, s *s3.Bucket, mode types.ObjectLockRetentionMode, days int32) *Blobs {
	t.Helper()
	b := New(s.Config(), Settings{Bucket: s.Name + "-" + strings.ToLower(string(mode))})
	if _, err := b.client.CreateBucket(t.Context(), &awss3.CreateBucketInput{
		Bucket: &b.bucket, ObjectLockEnabledForBucket: aws.Bool(true),
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: s3.Region},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.client.PutObjectLockConfiguration(t.Context(), &awss3.PutObjectLockConfigurationInput{
		Bucket: &b.bucket, ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
		ObjectLockConfiguration: &types.ObjectLockConfiguration{
			ObjectLockEnabled: types.ObjectLockEnabledEnabled,
			Rule:              &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: mode, Days: &days}},
		},
	}); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestWhatComesIntoALockedBucketStays: Put asks for no lock, and what it puts has
// the bucket's, which keeps even the account's root from removing it. What the lock
// of an object looks like cannot be asked: this server keeps to the bucket's rule and
// names it at no object, as AWS does.
func TestWhatComesIntoALockedBucketStays(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	for what, b := range map[string]*Blobs{
		"no lock":    New(bucket.Config(), Settings{Bucket: bucket.Name}),
		"governance": lockedBucket(t, bucket, types.ObjectLockRetentionModeGovernance, 30),
		"compliance": lockedBucket(t, bucket, types.ObjectLockRetentionModeCompliance, 30),
	} {
		name := aws.String("anchors/2026-03-01T12-00-00Z-0123456789abcdef.json")
		if _, err := b.Put(t.Context(), *name, strings.NewReader("heads")); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Put(t.Context(), *name, strings.NewReader("others")); !errors.Is(err, blobs.ErrExists) {
			t.Errorf("%s: another under the same name: %v", what, err)
		}
		head, err := b.client.HeadObject(t.Context(), &awss3.HeadObjectInput{Bucket: &b.bucket, Key: name})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.client.DeleteObject(t.Context(), &awss3.DeleteObjectInput{Bucket: &b.bucket, Key: name, VersionId: head.VersionId})
		if locked := what != "no lock"; (statusOf(err) == http.StatusForbidden) != locked {
			t.Errorf("%s: removing the version says %v", what, err)
		}
	}
}
