package nginx

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// beside is the ending of a file on its way; no `include` matches it.
const beside = ".slipway-new"

// write makes the files what they shall be. The file that includes the others
// sorts before them and is written last, so it never points to less than it
// should.
func (h Host) write(ctx context.Context, c changes) error {
	for _, path := range slices.Backward(c.paths()) {
		text, stays := c.after[path]
		if !stays {
			if _, err := h.Commands.Sudo(ctx, "rm", "-f", path); err != nil {
				return err
			}
			continue
		}
		if err := h.put(ctx, path, text); err != nil {
			return err
		}
	}
	return nil
}

// put writes one file beside the present one and moves it over it.
func (h Host) put(ctx context.Context, path, text string) error {
	if err := os.MkdirAll(h.Stage, 0o700); err != nil {
		return err
	}
	staged := filepath.Join(h.Stage, filepath.Base(path))
	if err := os.WriteFile(staged, []byte(text), 0o644); err != nil {
		return err
	}
	if err := h.makeFolder(ctx, filepath.Dir(path)); err != nil {
		return err
	}
	if _, err := h.Commands.Sudo(ctx, "cp", staged, path+beside); err != nil {
		return err
	}
	reachDisk(path + beside)
	if _, err := h.Commands.Sudo(ctx, "mv", "-f", path+beside, path); err != nil {
		return err
	}
	reachDisk(filepath.Dir(path))
	return nil
}

// makeFolder copies an empty folder, so that sudo needs no further program.
func (h Host) makeFolder(ctx context.Context, dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	empty := filepath.Join(h.Stage, "empty", filepath.Base(dir))
	if err := os.MkdirAll(empty, 0o755); err != nil {
		return err
	}
	_, err := h.Commands.Sudo(ctx, "cp", "-R", empty, dir)
	return err
}

// reachDisk syncs a file that belongs to root; reading it is enough for that.
func reachDisk(path string) {
	if f, err := os.Open(path); err == nil {
		f.Sync()
		f.Close()
	}
}

// verify reads back what was written.
func verify(want map[string]string, gone []string) error {
	for path, text := range want {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if string(b) != text {
			return fmt.Errorf("%s does not hold what was written into it: is another program changing it?", path)
		}
	}
	for _, path := range gone {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is still there", path)
		}
	}
	return nil
}
