package requests

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

func TestReadAhead(t *testing.T) {
	t.Parallel()
	content := make([]byte, 20<<20+17)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(content)
	fetches := 0
	open := func() *readAhead {
		return &readAhead{size: int64(len(content)), fetch: func(off, n int64) (io.ReadCloser, error) {
			fetches++
			return io.NopCloser(bytes.NewReader(content[off : off+n])), nil
		}}
	}
	if err := iotest.TestReader(io.NewSectionReader(open(), 0, 3<<20), content[:3<<20]); err != nil {
		t.Error(err)
	}
	fetches = 0
	whole, err := io.ReadAll(io.NewSectionReader(open(), 0, int64(len(content))))
	if err != nil || !bytes.Equal(whole, content) {
		t.Errorf("read %d bytes, %v; want all %d", len(whole), err, len(content))
	}
	if fetches > 10 {
		t.Errorf("reading straight on took %d requests, want that they grow", fetches)
	}
	r, dice := open(), rand.New(rand.NewPCG(1, 2))
	for range 300 {
		off, n := dice.Int64N(int64(len(content))+100), dice.IntN(600<<10)
		p := make([]byte, n)
		got, err := r.ReadAt(p, off)
		want := content[min(off, int64(len(content))):min(off+int64(n), int64(len(content)))]
		if !bytes.Equal(p[:got], want) || (got < n) != errors.Is(err, io.EOF) {
			t.Fatalf("ReadAt(%d bytes, %d) = %d, %v; want %d", n, off, got, err, len(want))
		}
	}
}

func TestReadAheadTellsTrouble(t *testing.T) {
	t.Parallel()
	away := errors.New("away")
	r := &readAhead{size: 100, fetch: func(int64, int64) (io.ReadCloser, error) { return nil, away }}
	if _, err := r.ReadAt(make([]byte, 1), 0); !errors.Is(err, away) || !errors.Is(r.trouble(), away) {
		t.Errorf("ReadAt = %v, trouble %v; want that it is away", err, r.trouble())
	}
	r = &readAhead{size: 100, fetch: func(int64, int64) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(make([]byte, 7))), nil }}
	if n, err := r.ReadAt(make([]byte, 50), 0); err == nil || errors.Is(err, io.EOF) || n != 0 {
		t.Errorf("ReadAt of what ends early = %d, %v; want an error that is no end", n, err)
	}
}
