package simhost

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"

	"slipway/pipelines/task"
)

// A package's file on the disk holds its hash in place of its bytes.

func packageFile(sha256 string) string { return path.Join(root, "packages", sha256) }

func (p *process) keeps(sha256 string) bool {
	b, err := p.ReadFile(packageFile(sha256))
	return err == nil && string(b) == sha256
}

// receive checks the bytes of a package and keeps it.
func (p *process) receive(what task.Package, from io.Reader) error {
	sum := sha256.New()
	size, err := io.Copy(sum, from)
	if err != nil {
		return fmt.Errorf("read package %s: %w", what.FileName, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != what.SHA256 || size != what.Size {
		return fmt.Errorf("package %s arrived with %d bytes and SHA-256 %s instead of %d and %s and was thrown away; deliver it again", what.FileName, size, got, what.Size, what.SHA256)
	}
	return p.keep(what.SHA256)
}

// fetch brings a package here. The leave in an errand is taken for good.
func (p *process) fetch(_ context.Context, e task.Errand) error {
	if p.keeps(e.Order.Package.SHA256) {
		return nil
	}
	if e.Fetch == nil {
		return fmt.Errorf("package %s is not on this host, and the errand brings no leave to fetch it: deploy again", e.Order.Package.FileName)
	}
	return p.keep(e.Order.Package.SHA256)
}

func (p *process) keep(sha256 string) error {
	dir := path.Join(root, "packages")
	f, err := p.Temp(dir)
	if err != nil {
		return err
	}
	if _, err := f.Write([]byte(sha256)); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := p.Rename(f.Name(), packageFile(sha256)); err != nil {
		return err
	}
	return p.SyncDir(dir)
}
