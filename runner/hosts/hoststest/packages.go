package hoststest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"slipway/pipelines/task"
)

func facts(t *testing.T, h *harness) {
	first, err := h.Hosts.Ready(h.ctx, h.Target)
	if err != nil {
		t.Fatal(err)
	}
	if first.OS == "" || first.Arch == "" || first.System == "" || first.Home == "" || first.FreeBytes <= 0 {
		t.Errorf("facts are not complete: %+v", first)
	}
	if len(first.ExecutorKey) != 32 {
		t.Errorf("executor key has %d bytes, want 32", len(first.ExecutorKey))
	}
	second, err := h.Hosts.Ready(h.ctx, h.Target)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.ExecutorKey, second.ExecutorKey) {
		t.Error("executor key changed between two calls")
	}
	pinned := h.Target
	pinned.ExecutorKey = first.ExecutorKey
	if _, err := h.Hosts.Ready(h.ctx, pinned); err != nil {
		t.Errorf("Ready with the pinned executor key: %v", err)
	}
}

// parcel is a package of random-looking bytes.
func parcel(size int) (task.Package, []byte) {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i * i >> 3)
	}
	sum := sha256.Sum256(content)
	return task.Package{
		ID: "RandomQuotes", Version: "1.0.7", FileName: "RandomQuotes.1.0.7.nupkg",
		SHA256: hex.EncodeToString(sum[:]), Size: int64(size),
	}, content
}

func packages(t *testing.T, h *harness) {
	p, content := parcel(3 << 20)
	holds := func(want bool) {
		t.Helper()
		if got, err := h.Hosts.Holds(h.ctx, h.Target, p.SHA256); err != nil || got != want {
			t.Fatalf("Holds: got %v, %v, want %v", got, err, want)
		}
	}
	holds(false)
	for range 2 {
		if err := h.Hosts.Deliver(h.ctx, h.Target, p, bytes.NewReader(content)); err != nil {
			t.Fatalf("Deliver: %v", err)
		}
		holds(true)
	}
}

func wrongPackage(t *testing.T, h *harness) {
	p, content := parcel(1000)
	content[500]++
	short := content[:999]
	for what, wrong := range map[string][]byte{"other bytes": content, "too few bytes": short} {
		if err := h.Hosts.Deliver(h.ctx, h.Target, p, bytes.NewReader(wrong)); err == nil {
			t.Errorf("Deliver with %s: no error", what)
		}
	}
	if got, err := h.Hosts.Holds(h.ctx, h.Target, p.SHA256); err != nil || got {
		t.Errorf("Holds after wrong deliveries: got %v, %v", got, err)
	}
}

func unsafeNames(t *testing.T, h *harness) {
	for _, id := range []string{"", "..", "../other", "a/b", "a b", "a;b", "$(id)", strings.Repeat("a", 1000)} {
		o := h.order("echo no")
		o.ID = id
		if err := h.Hosts.Start(h.ctx, h.Target, o); err == nil {
			t.Errorf("Start took the attempt id %q", id)
		}
	}
}
