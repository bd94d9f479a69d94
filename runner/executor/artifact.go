package executor

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// artifact prints the bytes of a file that a script of the attempt wanted kept.
func (c *call) artifact(args []string) error {
	a, err := c.ledger.Attempt(args[0])
	if err != nil {
		return err
	}
	if err := checkSHA256(args[1]); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(a.Path("artifacts"), args[1]))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("attempt %s has no artifact %s on this host: hosts keep them for 30 days", a.ID, args[1])
	}
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(c.stdout, f)
	return err
}
