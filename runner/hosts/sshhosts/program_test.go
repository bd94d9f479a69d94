package sshhosts

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"slipway/runner/executor/carried"
)

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsStored(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("program"))
	hash := hex.EncodeToString(sum[:])
	good := zipped(t, "program")
	away := errors.New("it is not there")
	for _, c := range []struct {
		name string
		blob []byte
		err  error
		says string // "" is the program
	}{
		{"whole", good, nil, ""},
		{"other bytes", zipped(t, "another"), nil, "damaged where it is stored: it has SHA-256 "},
		{"cut", good[:len(good)-4], nil, "damaged"},
		{"not packed", []byte("program"), nil, "not packed with gzip"},
		{"missing", nil, away, away.Error()},
	} {
		content, err := fetched(t.Context(), hash, func(_ context.Context, asked string) (io.ReadCloser, error) {
			if asked != hash {
				t.Errorf("%s: asked for %s", c.name, asked)
			}
			return io.NopCloser(bytes.NewReader(c.blob)), c.err
		})
		if c.says == "" && (err != nil || string(content) != "program") || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %q, %v", c.name, content, err)
		}
	}
}

// What this binary carries it does not fetch.
func TestStoredIsNotAskedForWhatIsCarried(t *testing.T) {
	t.Parallel()
	programs := Stored(func(context.Context, string) (io.ReadCloser, error) { return nil, errors.New("nobody asks for it") })
	for _, platform := range carried.Platforms() {
		goos, arch, _ := strings.Cut(platform, "-")
		p, err := programs(goos, arch)
		if err != nil {
			t.Fatalf("%s: %v", platform, err)
		}
		content, err := p.Content(t.Context())
		if sum := sha256.Sum256(content); err != nil || hex.EncodeToString(sum[:]) != p.Hash {
			t.Errorf("%s: %d bytes, %v", platform, len(content), err)
		}
	}
	if _, err := programs("plan9", runtime.GOARCH); err == nil || !strings.Contains(err.Error(), "carries no executor") {
		t.Errorf("a platform that nobody knows: %v", err)
	}
}
