package records

import (
	"bytes"
	"compress/flate"
	"io"
)

// Values are JSON. The states of wide or long deployments repeat themselves, so
// what is larger than packFrom is stored deflated, behind one byte that no JSON
// begins with.
const (
	packFrom = 8 << 10
	packMark = 1
	// maxUnpacked bounds what one item can become, whatever was stored.
	maxUnpacked = 16 << 20
)

func packed(b []byte) []byte {
	if len(b) < packFrom {
		return b
	}
	var out bytes.Buffer
	out.WriteByte(packMark)
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return b // only for a level that does not exist
	}
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
	return io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b[1:])), maxUnpacked))
}
