package ssmhosts

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"slipway/runner/hosts/sshhosts"
)

// TestPublish: what somebody has is put, what is there is left, what is missing is
// said, and trouble of the store is an error.
func TestPublish(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	there, missing := strings.Repeat("a1", 32), strings.Repeat("b2", 32)
	w.store.Put(t.Context(), ExecutorBlob(there), strings.NewReader("as it was"))
	content := []byte("program")
	w.hosts.settings.Programs = func(goos, arch string) (sshhosts.Program, error) {
		switch goos + arch {
		case "linuxamd64":
			return sshhosts.Program{Hash: hashOf(content), Content: func(context.Context) ([]byte, error) { return content, nil }}, nil
		case "linuxarm64":
			return sshhosts.Program{Hash: there, Content: func(context.Context) ([]byte, error) { return nil, errors.New("nobody asks for it") }}, nil
		}
		return sshhosts.Program{Hash: missing, Content: func(context.Context) ([]byte, error) { return nil, &MissingError{missing, "slipway-1"} }}, nil
	}
	gone, err := w.hosts.Publish(t.Context())
	if err != nil || len(gone) != 1 {
		t.Fatalf("Publish = %v, %v", gone, err)
	}
	want := "executor for windows-amd64: executors/" + missing + ".gz is not in the bucket: make deploy puts it there, or: slipway infra executors DIR && aws s3 cp --recursive DIR s3://slipway-1/store/executors/"
	if gone[0].Error() != want {
		t.Errorf("missing: %s\nwant     %s", gone[0], want)
	}
	if got := w.store.read(ExecutorBlob(there)); string(got) != "as it was" {
		t.Errorf("what was there is now %q", got)
	}
	r, err := gzip.NewReader(bytes.NewReader(w.store.read(ExecutorBlob(hashOf(content)))))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
		t.Errorf("published %q, %v", got, err)
	}

	trouble := errors.New("the store is away")
	w.hosts.settings.Programs = func(string, string) (sshhosts.Program, error) {
		return sshhosts.Program{Hash: missing, Content: func(context.Context) ([]byte, error) { return nil, trouble }}, nil
	}
	if _, err := w.hosts.Publish(t.Context()); !errors.Is(err, trouble) {
		t.Errorf("Publish = %v", err)
	}
	w.hosts.settings.Programs = func(string, string) (sshhosts.Program, error) { return sshhosts.Program{}, errors.New("not known") }
	if gone, err := w.hosts.Publish(t.Context()); err != nil || len(gone) != 3 {
		t.Errorf("Publish of what is not known = %v, %v", gone, err)
	}
}
