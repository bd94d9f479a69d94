package blobstest

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"slipway/runner/blobs"
)

// tree is a set of names in the order of their bytes. A slash sorts after '-' and '.', before digits.
var tree = []string{
	"A/b", "a", "a+b", "a-b/c", "a.b", "a/b", "a/b-c", "a/b.c", "a/b/c", "a/b/d", "a/b0", "a/c", "a0", "ab", "b/c", "z=",
}

func putTree(t *testing.T, s *suite, b blobs.Blobs, p string) []string {
	t.Helper()
	var names []string
	for _, name := range s.possible(tree) {
		mustPut(t, b, p+name, name)
		names = append(names, p+name)
	}
	return names
}

// among is the plain model of List.
func among(names []string, prefix, after string, limit int) []string {
	want := []string{}
	for _, name := range names {
		if strings.HasPrefix(name, prefix) && name > after && (limit == 0 || len(want) < limit) {
			want = append(want, name)
		}
	}
	return want
}

func listsInOrder(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	if got := list(t, b, p, "", 0); len(got) != 0 {
		t.Errorf("List of nothing: got %q", got)
	}
	names := putTree(t, s, b, p)
	for _, prefix := range []string{"", "a", "a/", "a/b", "a/b/", "a/b/c", "a/b/c/", "a.", "b", "c", "A"} {
		for _, after := range append([]string{"", "0", "a/a", "a/b/", "a/b/cc", "a/z", "zz"}, tree...) {
			after := p + after
			if want, got := among(names, p+prefix, after, 0), list(t, b, p+prefix, after, 0); !reflect.DeepEqual(got, want) {
				t.Errorf("List(%q, %q): got %q, want %q", p+prefix, after, got, want)
			}
		}
	}
	infos, err := b.List(t.Context(), p+"a/b/", "", 0)
	if err != nil || len(infos) != 2 {
		t.Fatalf("List: got %v and %v, want two blobs", infos, err)
	}
	if i := infos[0]; i.Size != int64(len("a/b/c")) || i.Modified.IsZero() || i.SHA256 != "" && i.SHA256 != sum("a/b/c") {
		t.Errorf("List: got %+v, want the size %d, a time, and the hash or none", i, len("a/b/c"))
	}
	if _, err := b.List(t.Context(), p, "", -1); !errors.Is(err, blobs.ErrInvalid) {
		t.Errorf("List with the limit -1: got %v, want ErrInvalid", err)
	}
	for _, odd := range []string{"../", "/", "a/../", "\x00", ".", ","} {
		if got := list(t, b, odd, "", 0); len(got) != 0 {
			t.Errorf("List(%q): got %q, want nothing", odd, got)
		}
	}
}

func listsInPages(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	names := putTree(t, s, b, p)
	for _, limit := range []int{1, 2, 5, len(names), len(names) + 1} {
		var all []string
		for after := ""; ; {
			page := list(t, b, p, after, limit)
			if want := among(names, p, after, limit); !slices.Equal(page, want) {
				t.Fatalf("List(%q, %q, %d): got %q, want %q", p, after, limit, page, want)
			}
			all = append(all, page...)
			if len(page) < limit {
				break
			}
			after = page[len(page)-1]
		}
		if !slices.Equal(all, names) {
			t.Errorf("all pages of %d: got %q, want %q", limit, all, names)
		}
	}
}

func deletes(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	mustPut(t, b, p+s.beside(), "1")
	mustPut(t, b, p+"a/b/c", "2")
	for range 2 {
		if err := b.Delete(t.Context(), p+"a/b/c"); err != nil {
			t.Fatalf("Delete: %v", err)
		}
	}
	wantAbsent(t, b, p+"a/b/c")
	wantBlob(t, b, p+s.beside(), "1")
	if err := b.Delete(t.Context(), p+"never/there"); err != nil {
		t.Errorf("Delete of what is absent: %v", err)
	}
	if got := list(t, b, p, "", 0); !slices.Equal(got, []string{p + s.beside()}) {
		t.Errorf("List after Delete: got %q", got)
	}
	mustPut(t, b, p+"a/b/c", "anew")
	wantBlob(t, b, p+"a/b/c", "anew")

	content := large()
	mustPut(t, b, p+"open", content)
	r, _, err := b.Get(t.Context(), p+"open")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if err := b.Delete(t.Context(), p+"open"); err != nil {
		t.Fatalf("Delete while it is read: %v", err)
	}
	if got, err := io.ReadAll(r); err == nil && string(got) != content {
		t.Errorf("a reader ended early by Delete: %d bytes of %d without an error", len(got), len(content))
	}
}

func signsRequests(t *testing.T, s *suite) {
	b := s.open(t)
	signer, ok := b.(blobs.Signer)
	if !ok {
		t.Log("this store signs no requests")
		return
	}
	p := prefix(t)
	useSigned(t, b, signer, p)
	useHashed(t, b, signer, p)
	useForm(t, b, signer, p)
}

func names(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("%03d", i))
	}
	return all
}
