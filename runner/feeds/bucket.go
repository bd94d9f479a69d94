package feeds

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"slipway/pipelines"
)

// bucket is a prefix in S3.
type bucket struct {
	objects      Objects
	name, prefix string
}

func openBucket(f pipelines.Feed, objects Objects, l limits) (Source, error) {
	u, err := url.Parse(strings.TrimSpace(f.URL))
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, pipelines.Refuse(pipelines.Invalid, "feed %s: the address of an S3 feed is a bucket and a prefix, like s3://acme-packages/releases/", f.Name)
	}
	if objects == nil {
		return nil, pipelines.Refuse(pipelines.Invalid, "feed %s: this server reads no buckets in S3, since it has no AWS credentials; give it some, or use another type of feed", f.Name)
	}
	prefix := strings.TrimPrefix(u.Path, "/")
	if prefix != "" && !strings.HasSuffix(prefix, "/") { // releases is not releases-old/
		prefix += "/"
	}
	return fileFeed{f, "s3://" + u.Host + "/" + prefix, l, bucket{objects, u.Host, prefix}}, nil
}

func (b bucket) files(ctx context.Context) ([]file, error) {
	objects, err := b.objects.List(ctx, b.name, b.prefix)
	if err != nil {
		return nil, err
	}
	if len(objects) > mostFiles {
		return nil, fmt.Errorf("more than %d objects lie there; name a prefix with fewer", mostFiles)
	}
	var found []file
	for _, o := range objects {
		if f, ok := named(o.Key, o.Size, o.Modified); ok && strings.HasPrefix(o.Key, b.prefix) {
			found = append(found, f)
		}
	}
	return found, nil
}

func (b bucket) open(ctx context.Context, f file) (io.ReadCloser, error) {
	return b.objects.Get(ctx, b.name, f.path)
}
