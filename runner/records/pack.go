package records

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"
)

// Values are JSON. States repeat themselves, and a store that bills by the
// kilobyte is paid for each turn: so what is larger than packFrom is stored
// deflated, behind one byte that no JSON begins with. A store that writes whole
// pages in any case says how large one is, and what fits into it stays as it is:
// to deflate takes longer than to write the page.
const (
	packFrom = 900
	packMark = 1
	// maxUnpacked bounds what one item can become, whatever was stored.
	maxUnpacked = 16 << 20
)

// paged is a table that writes whole pages.
type paged interface{ PageSize() int }

// together says whether a write of several items costs what a write of one does:
// such a table is a file, which is synced once for all of them. Elsewhere each
// item of a transaction is paid for twice.
func (r *Records) together() bool {
	_, ok := r.table.(paged)
	return ok
}

// packed is the value as it is stored in this table.
func (r *Records) packed(b []byte) []byte {
	if t, ok := r.table.(paged); ok && len(b) <= t.PageSize() {
		return b
	}
	return packed(b)
}

// deflaters and inflaters are kept, since one takes more memory than most of
// what it packs.
var (
	deflaters = sync.Pool{New: func() any {
		w, _ := flate.NewWriter(io.Discard, flate.DefaultCompression) // fails only for a level that does not exist
		return w
	}}
	inflaters = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}
)

func packed(b []byte) []byte {
	if len(b) < packFrom {
		return b
	}
	var out bytes.Buffer
	out.WriteByte(packMark)
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	_, _ = w.Write(b) // a buffer takes everything
	_ = w.Close()
	if out.Len() >= len(b) {
		return b
	}
	return out.Bytes()
}

func unpacked(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != packMark {
		return b, nil
	}
	r := inflaters.Get().(io.Reader)
	defer inflaters.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(b[1:]), nil); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxUnpacked))
}
