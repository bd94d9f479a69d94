package ssmhosts

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"

	"slipway/runner/blobs"
	"slipway/runner/hosts/sshhosts"
)

// platform is where an executor runs.
type platform struct{ goos, arch string }

var platforms = []platform{{"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}}

// ExecutorBlob is where a program lies, packed with gzip. The hash is that of the
// program as it runs.
func ExecutorBlob(sha256 string) string { return "executors/" + sha256 + ".gz" }

// MissingError says that a program for hosts is not where they fetch it.
type MissingError struct{ Hash, Bucket string }

func (e *MissingError) Error() string {
	return ExecutorBlob(e.Hash) + " is not in the bucket: " + putThere(e.Bucket)
}

// putThere is the way out, in words that both shells take within double quotes.
func putThere(bucket string) string {
	if bucket == "" {
		bucket = "BUCKET"
	}
	return "make deploy puts it there, or: slipway infra executors DIR && aws s3 cp --recursive DIR s3://" + bucket + "/store/executors/"
}

// Publish puts the executors where hosts fetch them, as far as somebody has
// their bytes, and says which are missing: those are an error at first use only.
// What is there stays: a name is the hash of its content.
func (h *Hosts) Publish(ctx context.Context) (missing []error, err error) {
	for _, p := range platforms {
		program, err := h.settings.Programs(p.goos, p.arch)
		if err != nil {
			missing = append(missing, err)
			continue
		}
		if err := h.publish(ctx, program); err != nil {
			err = fmt.Errorf("executor for %s-%s: %w", p.goos, p.arch, err)
			if _, gone := errors.AsType[*MissingError](err); !gone {
				return missing, err
			}
			missing = append(missing, err)
		}
	}
	return missing, nil
}

func (h *Hosts) publish(ctx context.Context, p sshhosts.Program) error {
	name := ExecutorBlob(p.Hash)
	there, err := h.settings.Store.List(ctx, name, "", 1)
	if err != nil || len(there) > 0 && there[0].Name == name {
		return err
	}
	content, err := p.Content(ctx)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if _, err := h.settings.Store.Put(ctx, name, &packed); err != nil && !errors.Is(err, blobs.ErrExists) {
		return err
	}
	return nil
}
