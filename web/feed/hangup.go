package feed

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// A client that is cut off while it sends does not read the answer. So what is
// left of an upload that is refused is read to its end and thrown away, for a few
// clients at a time, and of all others only a little.
const (
	readOnAtOnce = 8
	readOnFor    = time.Minute

	readLittle    = 1 << 20
	readLittleFor = 2 * time.Second
)

// saidInStatus writes the answer with the words in the status line. net/http has no
// way to say it, so the connection is taken over; where it cannot be
// (HTTP/2, which has no such words, or Lambda), nothing was written.
func (f *Feed) saidInStatus(w http.ResponseWriter, r *http.Request, status int, words string) bool {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return false
	}
	defer conn.Close()
	now := f.SignIn.Env.Now()
	_ = conn.SetDeadline(now.Add(readLittleFor))
	body := words + "\n"
	h := w.Header().Clone()
	h.Set("Connection", "close")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	out := bufio.NewWriter(conn)
	fmt.Fprintf(out, "HTTP/1.1 %d %s\r\n", status, oneLine(words, 300))
	_ = h.Write(out)
	_, _ = out.WriteString("\r\n" + body)
	if out.Flush() == nil {
		f.hangUp(conn, buffered, f.stillToCome(r))
	}
	return true
}

// hangUp ends the answer and hears the client out.
func (f *Feed) hangUp(conn net.Conn, rest io.Reader, left int64) {
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite()
	}
	defer f.hearing.Add(-1)
	if f.hearing.Add(1) <= readOnAtOnce {
		_ = conn.SetReadDeadline(f.SignIn.Env.Now().Add(readOnFor))
	} else {
		left = min(left, readLittle)
	}
	_, _ = io.CopyN(io.Discard, rest, left)
}

// stillToCome is how much of the request's body is read on, at most.
func (f *Feed) stillToCome(r *http.Request) int64 {
	most := f.mostBytes() + formAround
	if r.ContentLength < 0 { // it comes in pieces, with their lengths between them
		return most
	}
	left := r.ContentLength
	if c, ok := r.Body.(*counted); ok {
		left -= c.read
	}
	return min(left, most)
}

// counted is a request's body that knows how much of it was read.
type counted struct {
	io.ReadCloser
	read int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.read += int64(n)
	return n, err
}
