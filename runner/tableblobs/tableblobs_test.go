package tableblobs

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/runner/blobs"
	"slipway/runner/blobstest"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/table"
)

// house is a store with what is below it.
type house struct {
	*Store
	dir   string
	bolt  *bolttable.Table
	files *diskblobs.Store
}

func enter(t testing.TB, dir, under string) *house {
	t.Helper()
	bolt, err := bolttable.Open(filepath.Join(dir, "table"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bolt.Close() })
	files, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return &house{New(bolt, files, under, time.Now), dir, bolt, files}
}

// again opens the store anew.
func (h *house) again(t *testing.T) *house {
	t.Helper()
	if err := h.bolt.Close(); err != nil {
		t.Fatal(err)
	}
	return enter(t, h.dir, h.under)
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	blobstest.Run(t,
		func(t *testing.T) blobs.Blobs { return enter(t, t.TempDir(), "") },
		blobstest.Reopen(func(t *testing.T, b blobs.Blobs) blobs.Blobs { return b.(*house).again(t) }))
}

// TestBlobsOutside holds it to the contract also where all it does is pass on.
func TestBlobsOutside(t *testing.T) {
	t.Parallel()
	blobstest.Run(t,
		func(t *testing.T) blobs.Blobs { return enter(t, t.TempDir(), "logs/") },
		blobstest.Reopen(func(t *testing.T, b blobs.Blobs) blobs.Blobs { return b.(*house).again(t) }))
}

func TestWhereABlobLies(t *testing.T) {
	t.Parallel()
	h := enter(t, t.TempDir(), "logs/")
	small, large := strings.Repeat("x", mostBytes), strings.Repeat("x", mostBytes+1)
	for name, content := range map[string]string{"logs/small": small, "logs/large": large, "logs/empty": "", "plans/small": small, "logs": small} {
		put(t, h, name, content)
		want(t, h, name, content)
	}
	inFiles, err := h.files.List(t.Context(), "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(inFiles); !slices.Equal(got, []string{"logs", "logs/large", "plans/small"}) {
		t.Errorf("files hold %q, want what is large and what is outside", got)
	}
	for prefix, want := range map[string][]string{
		"": {"logs", "logs/empty", "logs/large", "logs/small", "plans/small"}, "lo": {"logs", "logs/empty", "logs/large", "logs/small"},
		"logs/s": {"logs/small"}, "plans/": {"plans/small"}, "logs/x": nil,
	} {
		found, err := h.List(t.Context(), prefix, "", 0)
		if err != nil || !slices.Equal(namesOf(found), want) {
			t.Errorf("List(%q): got %q and %v, want %q", prefix, namesOf(found), err, want)
		}
	}
}

// TestOlderFiles: before there was this store, all blobs were files.
func TestOlderFiles(t *testing.T) {
	t.Parallel()
	h := enter(t, t.TempDir(), "")
	if _, err := h.files.Put(t.Context(), "logs/old", strings.NewReader("old")); err != nil {
		t.Fatal(err)
	}
	want(t, h, "logs/old", "old")
	for _, content := range []string{"new", strings.Repeat("new", mostBytes)} {
		if _, err := h.Put(t.Context(), "logs/old", strings.NewReader(content)); !errors.Is(err, blobs.ErrExists) {
			t.Errorf("Put of %d bytes over an older file: got %v, want ErrExists", len(content), err)
		}
	}
	if err := h.Delete(t.Context(), "logs/old"); err != nil {
		t.Fatal(err)
	}
	put(t, h, "logs/old", "new")
	want(t, h, "logs/old", "new")
}

// TestOneNameInOneStore has a small and a large blob come for one name, each in the middle of the other.
func TestOneNameInOneStore(t *testing.T) {
	t.Parallel()
	h := enter(t, t.TempDir(), "")
	for i := range 50 {
		name := fmt.Sprintf("contested/%d", i)
		answers := make(chan error, 2)
		for _, content := range []string{"small", strings.Repeat("large", mostBytes)} {
			go func() {
				_, err := h.Put(t.Context(), name, strings.NewReader(content))
				answers <- err
			}()
		}
		one, other := <-answers, <-answers
		if (one == nil) == (other == nil) || !errors.Is(errors.Join(one, other), blobs.ErrExists) {
			t.Fatalf("got %v and %v, want one ErrExists", one, other)
		}
		found, err := h.List(t.Context(), name, "", 0)
		if err != nil || len(found) != 1 {
			t.Fatalf("List: got %q and %v, want the name once", namesOf(found), err)
		}
	}
}

// TestASlowPutHoldsNobody: a large blob whose bytes still come does not keep a small one of its name waiting, and loses.
func TestASlowPutHoldsNobody(t *testing.T) {
	t.Parallel()
	h := enter(t, t.TempDir(), "")
	r, w := io.Pipe()
	answer := make(chan error, 1)
	go func() {
		_, err := h.Put(t.Context(), "a", r)
		answer <- err
	}()
	if _, err := io.WriteString(w, strings.Repeat("x", 10*mostBytes)); err != nil {
		t.Fatal(err)
	}
	put(t, h, "a", "small")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-answer; !errors.Is(err, blobs.ErrExists) {
		t.Errorf("the slow put: got %v, want ErrExists", err)
	}
	want(t, h, "a", "small")
}

func TestNoticesDamage(t *testing.T) {
	t.Parallel()
	h := enter(t, t.TempDir(), "")
	for name, damage := range map[string]func([]byte) []byte{
		"flipped": func(v []byte) []byte { v[headSize+1] ^= 1; return v }, "cut": func(v []byte) []byte { return v[:len(v)-1] },
		"emptied": func([]byte) []byte { return nil }, "newer": func(v []byte) []byte { v[0]++; return v },
	} {
		put(t, h, name, "content")
		item, err := h.table.Get(t.Context(), keyOf(name))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.table.Write(t.Context(), table.Put(keyOf(name), damage(item.Value))); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Get(t.Context(), name); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("Get of a blob that was %s: got %v, want an error that says so", name, err)
		}
		if _, err := h.GetRange(t.Context(), name, 0, 1); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("GetRange of a blob that was %s: got %v, want an error that says so", name, err)
		}
	}
	if _, err := h.List(t.Context(), "", "", 0); err != nil {
		t.Errorf("List with damaged blobs: %v", err)
	}
}

func put(t testing.TB, h *house, name, content string) {
	t.Helper()
	if _, err := h.Put(t.Context(), name, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, h *house, name, content string) {
	t.Helper()
	r, _, err := h.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(got) != content {
		t.Errorf("Get(%s): got %d bytes and %v, want %d", name, len(got), err, len(content))
	}
}

func namesOf(infos []blobs.Info) []string {
	var out []string
	for _, i := range infos {
		out = append(out, i.Name)
	}
	return out
}
