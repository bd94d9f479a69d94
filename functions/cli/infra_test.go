package cli

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/infra"
	"slipway/runner/executor/carried"
)

func TestInfraPrint(t *testing.T) {
	t.Parallel()
	s := &person{t: t}
	if got := s.types("infra", "print"); got.code != 0 || got.out != string(infra.Template()) {
		t.Errorf("infra print: code %d, %d bytes, want the template's %d", got.code, len(got.out), len(infra.Template()))
	}
	var asked struct{ Template string }
	got := s.types("infra", "print", "--json")
	if err := json.Unmarshal([]byte(got.out), &asked); err != nil || asked.Template != string(infra.Template()) {
		t.Errorf("infra print --json: code %d, %v", got.code, err)
	}
	s.types("infra", "print", "more").want(t, "too many words", codeUsage)
}

// The files are what a function looks for in the bucket: by hash, and packed.
func TestInfraExecutors(t *testing.T) {
	t.Parallel()
	s, dir := &person{t: t}, filepath.Join(t.TempDir(), "new", "folder")
	if len(carried.Platforms()) == 0 {
		s.types("infra", "executors", dir).want(t, "nothing to write", 1, "carries no programs for hosts: build it with `make build`")
		t.Skip("this build carries no programs for hosts: `make executor`")
	}
	var all []hostProgram
	got := s.types("infra", "executors", dir, "--json")
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || got.code != 0 || len(all) != len(carried.Platforms()) {
		t.Fatalf("infra executors: code %d, %s%s, %v", got.code, got.out, got.err, err)
	}
	for _, w := range all {
		packed, err := os.Open(w.File)
		if err != nil {
			t.Fatal(err)
		}
		defer packed.Close()
		from, err := gzip.NewReader(packed)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, from); err != nil {
			t.Fatal(err)
		}
		goos, arch, _ := strings.Cut(w.Platform, "-")
		known, err := carried.Hash(goos, arch)
		if hash := hex.EncodeToString(sum.Sum(nil)); err != nil || hash != known || filepath.Base(w.File) != hash+".gz" || filepath.Dir(w.File) != dir {
			t.Errorf("%+v holds %s, and a function asks for %s", w, hash, known)
		}
	}
	s.types("infra", "executors", dir).want(t, "a second time", 0, filepath.Base(all[0].File))
	s.types("infra", "executors").want(t, "no folder", codeUsage)
}
