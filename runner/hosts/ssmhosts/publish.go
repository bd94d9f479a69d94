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

// Publish puts the executors where hosts fetch them. What is there stays: a name
// is the hash of its content.
func (h *Hosts) Publish(ctx context.Context) error {
	var missing error
	found := false
	for _, p := range platforms {
		program, err := h.settings.Programs(p.goos, p.arch)
		if err != nil {
			missing = errors.Join(missing, err)
			continue
		}
		found = true
		if err := h.publish(ctx, program); err != nil {
			return fmt.Errorf("executor for %s-%s: %w", p.goos, p.arch, err)
		}
	}
	if !found {
		return missing
	}
	return nil
}

func (h *Hosts) publish(ctx context.Context, p sshhosts.Program) error {
	name := h.settings.ExecutorBlob(p.Hash)
	there, err := h.settings.Store.List(ctx, name, "", 1)
	if err != nil || len(there) > 0 && there[0].Name == name {
		return err
	}
	content, err := p.Content()
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
