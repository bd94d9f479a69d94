package carried

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"testing/fstest"
)

func TestRead(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte("program"))
	w.Close()
	files := fstest.MapFS{
		"files/.gitignore":     {Data: []byte("*")},
		"files/linux-amd64.gz": {Data: packed.Bytes()},
		"files/linux-arm64.gz": {Data: packed.Bytes()[:packed.Len()-3]},
	}
	sum := sha256.Sum256([]byte("program"))
	if hash, content, err := read(files, "linux", "amd64"); err != nil || string(content) != "program" || hash != hex.EncodeToString(sum[:]) {
		t.Errorf("linux-amd64: got %s, %q, %v", hash, content, err)
	}
	for platform, want := range map[string]string{"arm64": "damaged", "riscv64": "linux-riscv64 (it carries: linux-amd64, linux-arm64)"} {
		if _, _, err := read(files, "linux", platform); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("linux-%s: got %v, want %q", platform, err, want)
		}
	}
}

func TestWhatIsCarriedCanBeRead(t *testing.T) {
	t.Parallel()
	for _, platform := range Platforms() {
		goos, arch, _ := strings.Cut(platform, "-")
		hash, content, err := Executor(goos, arch)
		if again, _ := Hash(goos, arch); err != nil || len(content) == 0 || again != hash {
			t.Errorf("%s: %d bytes, hash %s and %s, %v", platform, len(content), hash, again, err)
		}
	}
}
