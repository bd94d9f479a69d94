package setup

import (
	"context"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/pipelines"
	"slipway/runner/awscalls"
	"slipway/runner/feeds"
	"slipway/runner/records"
	"slipway/runner/secrets"
)

// feedOpener prepares to ask feeds. It reads a password at the moment of asking
// and keeps none.
type feedOpener struct {
	records *records.Records
	secrets secrets.Opener
	objects feeds.Objects // nil where this server reaches no S3
}

func (o feedOpener) open(ctx context.Context, f pipelines.Feed) (feeds.Source, error) {
	access := feeds.Access{S3: o.objects}
	if f.Secret != "" {
		password, err := o.password(ctx, f)
		if err != nil {
			return nil, err
		}
		access.Password = password
	}
	return feeds.Open(f, access)
}

func (o feedOpener) password(ctx context.Context, f pipelines.Feed) (string, error) {
	version, ok, err := o.records.SecretVersion(ctx, f.Secret)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", pipelines.Refuse(pipelines.Conflict, "feed %s wants the secret %q, which has no value yet: `slipway feed set-password %q` reads it from standard input", f.Name, f.Secret, f.Name)
	}
	sealed, err := o.records.Secret(ctx, f.Secret, version)
	if err != nil {
		return "", err
	}
	value, err := o.secrets.Open(ctx, sealed.Sealed)
	return string(value), err
}

// localObjects reads S3 for a server on a machine of its own, where its
// environment says who it is there.
func localObjects(s Settings) feeds.Objects {
	if s.Lookup == nil {
		return nil
	}
	account, err := awscalls.Open(s.Lookup)
	if err != nil {
		return nil // not at AWS, and nobody said otherwise
	}
	return newForeignObjects(account.For("S3"))
}

// foreignObjects reads buckets that are not ours, with the rights we run with.
type foreignObjects struct{ client *s3.Client }

func newForeignObjects(cfg aws.Config) *foreignObjects {
	return &foreignObjects{s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil })}
}

// List implements feeds.Objects.
func (b *foreignObjects) List(ctx context.Context, bucket, prefix string) ([]feeds.Object, error) {
	var out []feeds.Object
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			out = append(out, feeds.Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), Modified: aws.ToTime(o.LastModified)})
		}
	}
	return out, nil
}

// Get implements feeds.Objects.
func (b *foreignObjects) Get(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}
