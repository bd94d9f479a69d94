package executor

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

func checkSHA256(text string) error {
	if len(text) != 64 || strings.Trim(text, "0123456789abcdef") != "" {
		return fmt.Errorf("%q is no SHA-256 in lower-case hex", text)
	}
	return nil
}

// holds says whether the package is in the cache. What is there was checked
// when it came, and is checked again before it is unpacked. Asking counts as
// use, so that it is still there when the order comes.
func (c *call) holds(args []string) error {
	if err := checkSHA256(args[0]); err != nil {
		return err
	}
	return c.answer(map[string]bool{"holds": c.keeps(args[0])})
}

func (c *call) keeps(sha256 string) bool {
	path := c.ledger.Path("packages", sha256)
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && os.Chtimes(path, c.now(), c.now()) == nil
}

// deliver takes a package from stdin. It appears in the cache under its hash,
// whole and checked, or not at all.
func (c *call) deliver([]string) error {
	in := bufio.NewReaderSize(c.stdin, 64<<10)
	head, err := in.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the line that describes the package did not arrive: %w", err)
	}
	var p task.Package
	if err := json.Unmarshal(head, &p); err != nil {
		return fmt.Errorf("the line that describes the package is not its JSON: %w", err)
	}
	if err := checkSHA256(p.SHA256); err != nil {
		return err
	}
	if err := c.receive(p, in); err != nil {
		return err
	}
	return c.answer(map[string]bool{"holds": true})
}

func (c *call) receive(p task.Package, in io.Reader) error {
	f, err := os.CreateTemp(c.ledger.Path("packages"), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(in, p.Size))
	if err != nil {
		return fmt.Errorf("package %s: %w", p.FileName, err)
	}
	if n != p.Size {
		return fmt.Errorf("package %s: %d of %d bytes arrived; deliver it again", p.FileName, n, p.Size)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != p.SHA256 {
		return fmt.Errorf("package %s arrived with SHA-256 %s instead of %s and was thrown away; deliver it again", p.FileName, got, p.SHA256)
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return ledger.RenameDurably(f.Name(), c.ledger.Path("packages", p.SHA256))
}
