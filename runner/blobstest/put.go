package blobstest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"slipway/runner/blobs"
)

func givesBackWhatWasPut(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	for name, content := range map[string]string{
		"empty": "", "one": "x", "text": "line\nline\r\n\x00", "large": large(),
	} {
		before := time.Now()
		info := mustPut(t, b, p+name, content)
		if info.Name != p+name || info.Size != int64(len(content)) || info.SHA256 != sum(content) {
			t.Errorf("Put(%s): got %+v, want size %d and hash %s", name, info, len(content), sum(content))
		}
		if d := info.Modified.Sub(before); d < -time.Minute || d > time.Minute {
			t.Errorf("Put(%s): modified %v, want about %v", name, info.Modified, before)
		}
		wantBlob(t, b, p+name, content)
	}
	wantAbsent(t, b, p+"other")
	wantAbsent(t, b, strings.TrimSuffix(p, "/"))
}

func refusesATakenName(t *testing.T, s *suite) {
	b, name := s.open(t), prefix(t)+"taken"
	mustPut(t, b, name, "first")
	for _, content := range []string{"first", "second", ""} {
		if _, err := b.Put(t.Context(), name, strings.NewReader(content)); !errors.Is(err, blobs.ErrExists) || !strings.Contains(err.Error(), name) {
			t.Errorf("Put(%q) under a taken name: got %v, want ErrExists with the name", content, err)
		}
	}
	wantBlob(t, b, name, "first")
}

var errBroken = errors.New("the source broke")

func storesNothingOnFailure(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	broken := io.MultiReader(strings.NewReader("the first half"), failing{})
	if _, err := b.Put(t.Context(), p+"a", broken); !errors.Is(err, errBroken) {
		t.Errorf("Put from a broken source: got %v, want its error", err)
	}
	wantAbsent(t, b, p+"a")
	if got := list(t, b, p, "", 0); len(got) != 0 {
		t.Errorf("List after a failed Put: got %q", got)
	}
	mustPut(t, b, p+"a", "whole")
	wantBlob(t, b, p+"a", "whole")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }

func endedContext(t *testing.T, s *suite) {
	b, name := s.open(t), prefix(t)+"a"
	ctx, cancel := context.WithCancel(t.Context())
	// The context ends while the source is read.
	source := io.MultiReader(strings.NewReader("begun"), calling(cancel), strings.NewReader("never read"))
	if _, err := b.Put(ctx, name, source); err == nil {
		t.Error("Put with an ended context: got no error")
	}
	wantAbsent(t, b, name)
	if _, _, err := b.Get(ctx, name); err == nil || errors.Is(err, blobs.ErrNotFound) {
		t.Errorf("Get with an ended context: got %v, want the context's error", err)
	}
	if _, err := b.List(ctx, name, "", 0); err == nil {
		t.Error("List with an ended context: got no error")
	}
	if err := b.Delete(ctx, name); err == nil {
		t.Error("Delete with an ended context: got no error")
	}
}

type calling func()

func (c calling) Read([]byte) (int, error) {
	c()
	return 0, io.EOF
}

func refusesUnsafeNames(t *testing.T, s *suite) {
	b := s.open(t)
	for _, name := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "./a", ".a", "a/.b", "a.", "a./b",
		`a\b`, "a:b", "a b", "a\x00", "a\nb", "a,b", "a%2e", "é", "a?b", "a*", "a|b", "\xff",
		strings.Repeat("a", blobs.MaxSegment+1), strings.Repeat("a/", blobs.MaxName/2) + "aa",
	} {
		t.Run(fmt.Sprintf("%.20q", name), func(t *testing.T) {
			if _, err := b.Put(t.Context(), name, strings.NewReader("x")); !errors.Is(err, blobs.ErrInvalid) {
				t.Errorf("Put: got %v, want ErrInvalid", err)
			}
			if _, _, err := read(t.Context(), b, name); !errors.Is(err, blobs.ErrInvalid) {
				t.Errorf("Get: got %v, want ErrInvalid", err)
			}
			if _, err := b.GetRange(t.Context(), name, 0, 1); !errors.Is(err, blobs.ErrInvalid) {
				t.Errorf("GetRange: got %v, want ErrInvalid", err)
			}
			if err := b.Delete(t.Context(), name); !errors.Is(err, blobs.ErrInvalid) {
				t.Errorf("Delete: got %v, want ErrInvalid", err)
			}
		})
	}
}

func takesSafeNames(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	names := s.possible([]string{
		"a", "a/b", "a/b/c", // a blob and a "folder" may share a name
		"RandomQuotes/RandomQuotes.1.0.7-beta.2+build=5.nupkg", "~user@host", "-", "_", "a..b", "CON", "0",
		strings.Repeat("s", blobs.MaxSegment),
		strings.Repeat("deep/", (blobs.MaxName-len(p))/5-1) + "end",
	})
	for _, name := range names {
		mustPut(t, b, p+name, "content of "+name)
	}
	for _, name := range names {
		wantBlob(t, b, p+name, "content of "+name)
	}
}

func readsRanges(t *testing.T, s *suite) {
	b, p := s.open(t), prefix(t)
	const content = "0123456789"
	mustPut(t, b, p+"a", content)
	mustPut(t, b, p+"empty", "")
	for _, c := range []struct {
		name   string
		off, n int64
		want   string
	}{
		{"a", 0, 10, content}, {"a", 0, -1, content}, {"a", 3, 4, "3456"}, {"a", 9, 1, "9"}, {"a", 5, -1, "56789"},
		{"a", 8, 100, "89"}, {"a", 0, 0, ""}, {"a", 10, 5, ""}, {"a", 10, -1, ""}, {"a", 1 << 40, 1, ""},
		{"a", 1, 1<<63 - 1, "123456789"}, {"empty", 0, -1, ""}, {"empty", 0, 1, ""},
	} {
		r, err := b.GetRange(t.Context(), p+c.name, c.off, c.n)
		if err != nil {
			t.Errorf("GetRange(%s, %d, %d): %v", c.name, c.off, c.n, err)
			continue
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || string(got) != c.want {
			t.Errorf("GetRange(%s, %d, %d): got %q and %v, want %q", c.name, c.off, c.n, got, err, c.want)
		}
	}
	if _, err := b.GetRange(t.Context(), p+"a", -1, 1); !errors.Is(err, blobs.ErrInvalid) {
		t.Errorf("GetRange from -1 on: got %v, want ErrInvalid", err)
	}
}

func outlivesReopening(t *testing.T, s *suite) {
	if s.reopen == nil {
		t.Log("this store cannot be reopened")
		return
	}
	b, p := s.open(t), prefix(t)
	content := large()
	mustPut(t, b, p+"a/large", content)
	mustPut(t, b, p+s.beside(), "small")
	b = s.reopen(t, b)
	wantBlob(t, b, p+"a/large", content)
	wantBlob(t, b, p+s.beside(), "small")
	if _, err := b.Put(t.Context(), p+s.beside(), strings.NewReader("x")); !errors.Is(err, blobs.ErrExists) {
		t.Errorf("Put under a name taken before: got %v, want ErrExists", err)
	}
}
