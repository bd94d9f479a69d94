package carried

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"os/exec"
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
	sum := sha256.Sum256([]byte("program"))
	want := hex.EncodeToString(sum[:])
	files := fstest.MapFS{
		"files/.gitignore":       {Data: []byte("*")},
		"files/hashes":           {Data: []byte("linux-amd64 " + want + "\nlinux-s390x other\n")},
		"files/linux-amd64.gz":   {Data: packed.Bytes()},
		"files/linux-arm64.gz":   {Data: packed.Bytes()[:packed.Len()-3]},
		"files/linux-s390x.gz":   {Data: packed.Bytes()},
		"files/windows-amd64.gz": {Data: packed.Bytes()}, // not noted
	}
	for _, platform := range []string{"linux-amd64", "windows-amd64"} {
		goos, arch, _ := strings.Cut(platform, "-")
		if as, hash, content, err := read(files, goos, arch); err != nil || string(content) != "program" || hash != want || !bytes.Equal(as, packed.Bytes()) {
			t.Errorf("%s: got %s, %q, %v", platform, hash, content, err)
		}
	}
	for arch, want := range map[string]string{
		"arm64": "damaged", "s390x": "not the one whose hash was noted",
		"riscv64": "linux-riscv64 (it carries: linux-amd64, linux-arm64, linux-s390x, windows-amd64)",
	} {
		if _, _, _, err := read(files, "linux", arch); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("linux-%s: got %v, want %q", arch, err, want)
		}
	}
	for name := range files {
		if strings.HasSuffix(name, ".gz") {
			delete(files, name)
		}
	}
	for arch, want := range map[string]string{"amd64": "is a build for Lambda and carries no executor", "riscv64": "carries: none"} {
		if _, _, _, err := read(files, "linux", arch); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without programs, linux-%s: got %v, want %q", arch, err, want)
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
		if again, packed, err := Packed(goos, arch); err != nil || again != hash || len(packed) == 0 || len(packed) >= len(content) {
			t.Errorf("%s packed: %d bytes, hash %s, %v", platform, len(packed), again, err)
		}
	}
}

// What a function carries is loaded at each cold start.
func TestABuildForLambdaCarriesNoPrograms(t *testing.T) {
	t.Parallel()
	files := func(tags string) string {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-tags", tags, "-f", "{{.EmbedFiles}}", ".").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if got := files("lambda.norpc"); strings.Contains(got, ".gz") || strings.Contains(files(""), "hashes") != strings.Contains(got, "hashes") {
		t.Errorf("a build for Lambda carries %s", got)
	}
	if len(Platforms()) > 0 && !strings.Contains(files(""), ".gz") {
		t.Error("this build's programs are not among its files")
	}
}
