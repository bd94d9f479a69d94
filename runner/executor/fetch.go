package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
	"slipway/runner/executor/signed"
)

// fetching is how long a package may take: less than the message that brought
// the errand may run.
const fetching = 8 * time.Minute

// fetch brings the order's package into the cache, unless it is there. Of several
// on one host one fetches at a time, so that the next one finds it.
func (c *call) fetch(ctx context.Context, e task.Errand) error {
	p := e.Order.Package
	if err := checkSHA256(p.SHA256); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, fetching)
	defer cancel()
	leave, err := c.alone(ctx, ".fetch", e.Order.ID)
	if err != nil {
		return fmt.Errorf("package %s: another package was being fetched for %s: %w", p.FileName, fetching, err)
	}
	defer leave()
	if c.keeps(p.SHA256) {
		return nil
	}
	if e.Fetch == nil {
		return fmt.Errorf("package %s is not on this host, and the errand brings no leave to fetch it: deploy again", p.FileName)
	}
	if free := freeBytes(c.root); free > 0 && free < p.Size {
		return fmt.Errorf("package %s needs %d bytes and the disk of %s has %d left: make room there and deploy again", p.FileName, p.Size, c.root, free)
	}
	return c.fetchInto(ctx, *e.Fetch, *p)
}

// fetchInto goes on with what an earlier call has fetched.
func (c *call) fetchInto(ctx context.Context, r task.Request, p task.Package) error {
	part := c.ledger.Path("packages", ".part-"+p.SHA256)
	f, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	have, err := io.Copy(sum, f)
	if err != nil {
		return err
	}
	from := signed.Read(ctx, r, have)
	defer from.Close()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(from, max(0, p.Size-have)))
	switch refused, final := errors.AsType[*signed.RefusedError](err); {
	case final:
		return fmt.Errorf("package %s could not be fetched: %w; the leave may be over: deploy again", p.FileName, refused)
	case err != nil:
		return fmt.Errorf("package %s could not be fetched, %d of %d bytes came: %w; check that this host reaches the bucket, then deploy again", p.FileName, have+n, p.Size, err)
	}
	got := hex.EncodeToString(sum.Sum(nil))
	if have+n != p.Size || got != p.SHA256 {
		os.Remove(part)
		return fmt.Errorf("package %s came with %d bytes and SHA-256 %s instead of %d and %s, and was thrown away: deploy again", p.FileName, have+n, got, p.Size, p.SHA256)
	}
	if err := f.Sync(); err != nil {
		return err
	}
	f.Close()
	return ledger.RenameDurably(part, c.ledger.Path("packages", p.SHA256))
}
