package lambda

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
)

// Aside keeps a file that is larger than a function may answer, and says where it can be read for a short time. The
// last part of that address is the file's name.
type Aside func(ctx context.Context, name string, r io.Reader) (address string, err error)

// away is an answer that goes to where it is kept while it is written.
type away struct {
	to   *io.PipeWriter
	done chan struct{}
	// Both are set when done is closed.
	address string
	err     error
}

// maySetAside says whether the client follows a redirect to the body: of a download, and of nothing else.
func (a *answer) maySetAside() bool {
	return a.aside != nil && !a.head && a.status == http.StatusOK && fileName(a.sent) != ""
}

// fileName is the name under which a download is saved, "" for what is none.
func fileName(h http.Header) string {
	kind, about, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil || kind != "attachment" {
		return ""
	}
	return about["filename"]
}

// setAside sends what has been written so far, and all that follows, to where it is kept. What was packed for the way
// to the client is unpacked, since the store says nothing about how a file is packed.
func (a *answer) setAside() {
	from, to := io.Pipe()
	a.away = &away{to: to, done: make(chan struct{})}
	go func(w *away, packed bool, name string) {
		defer close(w.done)
		w.address, w.err = a.aside(a.ctx, name, unpacked(from, packed))
		_ = from.CloseWithError(errors.Join(errTooLarge, w.err)) // nobody reads on
	}(a.away, a.sent.Get("Content-Encoding") == "gzip", fileName(a.sent))
	_, _ = a.away.to.Write(a.body.Bytes()) // an error comes again with the next piece, or at the end
	a.body.Reset()
}

// unpacked reads what is packed; it looks at the beginning only when it is read.
func unpacked(r io.Reader, packed bool) io.Reader {
	if !packed {
		return r
	}
	return &unpacker{from: r}
}

type unpacker struct {
	from io.Reader
	z    *gzip.Reader
}

// Read implements io.Reader.
func (u *unpacker) Read(p []byte) (n int, err error) {
	if u.z == nil {
		if u.z, err = gzip.NewReader(u.from); err != nil {
			return 0, err
		}
	}
	return u.z.Read(p)
}

// errCut ends what is set aside so that no part of it is kept as if it were whole.
var errCut = errors.New("the answer was cut off")

// drop gives up what is being set aside.
func (a *answer) drop() {
	if a.away == nil {
		return
	}
	_ = a.away.to.CloseWithError(errCut)
	<-a.away.done
	a.away = nil
}

// lead waits until everything is kept, and leads there.
func (a *answer) lead() error {
	w := a.away
	a.away = nil
	_ = w.to.Close()
	if <-w.done; w.err != nil {
		return w.err
	}
	header := http.Header{"Location": {w.address}, "Cache-Control": {"no-store"}}
	for _, kept := range []string{"Set-Cookie", "Referrer-Policy", "Strict-Transport-Security", "X-Content-Type-Options"} {
		if values := a.sent.Values(kept); len(values) > 0 {
			header[kept] = values
		}
	}
	a.status, a.sent = http.StatusSeeOther, header
	a.body.Reset()
	return nil
}
