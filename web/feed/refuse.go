package feed

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
)

// unsupported is what clients of NuGet can ask for and nobody gets here.
type unsupported struct{ why string }

func (e *unsupported) Error() string { return e.why }

func nothingAt(r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return &unsupported{"packages are pushed by PUT to the address of the feed, which ends in /nuget/packages"}
	}
	return pipelines.Refuse(pipelines.NotFound, "the feed has nothing at this address: version 2 begins at /nuget, version 3 at /nuget/v3/index.json")
}

var statuses = map[pipelines.Code]int{
	pipelines.Invalid:         http.StatusBadRequest,
	pipelines.NotFound:        http.StatusNotFound,
	pipelines.Conflict:        http.StatusConflict,
	pipelines.Forbidden:       http.StatusForbidden,
	pipelines.Unauthenticated: http.StatusUnauthorized,
	pipelines.Unavailable:     http.StatusServiceUnavailable,
}

// refuse says no in words: in the body, in the header that newer clients show as
// a warning, and, of what somebody wanted to change, in the status line.
func (f *Feed) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // who asked has gone
	}
	status, words := 0, err.Error()
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		status, words = http.StatusRequestEntityTooLarge, fmt.Sprintf("the package is too large: here at most %d bytes are taken", tooLarge.Limit)
	} else if _, ok := errors.AsType[*unsupported](err); ok {
		status = http.StatusMethodNotAllowed
		w.Header().Set("Allow", "GET, HEAD, PUT")
	} else {
		status = statuses[pipelines.CodeOf(err)]
	}
	if status == 0 {
		f.Fail(w, r, err)
		return
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="Slipway", charset="UTF-8"`)
	}
	f.say(w, r, status, words)
}

// say answers with a sentence.
func (f *Feed) say(w http.ResponseWriter, r *http.Request, status int, words string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	if status >= http.StatusBadRequest && r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("X-NuGet-Warning", oneLine(words, 1000))
		if f.saidInStatus(w, status, words) {
			return
		}
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, words+"\n") // who asked has gone
}

// How much of an upload that is refused is still read, and how long: a client
// that is cut off while it sends does not read the answer.
const (
	readOn    = 1 << 20
	readOnFor = 2 * time.Second
)

// saidInStatus writes the answer with the words in the status line. net/http has no
// way to say it, so the connection is taken over; where it cannot be
// (HTTP/2, which has no such words, or Lambda), nothing was written.
func (f *Feed) saidInStatus(w http.ResponseWriter, status int, words string) bool {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(f.SignIn.Env.Now().Add(readOnFor))
	body := words + "\n"
	h := w.Header().Clone()
	h.Set("Connection", "close")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Date", f.SignIn.Env.Now().UTC().Format(http.TimeFormat))
	out := bufio.NewWriter(conn)
	fmt.Fprintf(out, "HTTP/1.1 %d %s\r\n", status, oneLine(words, 300))
	_ = h.Write(out)
	_, _ = out.WriteString("\r\n" + body)
	if out.Flush() == nil {
		hangUp(conn, buffered)
	}
	return true
}

func hangUp(conn net.Conn, rest io.Reader) {
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite()
	}
	_, _ = io.CopyN(io.Discard, rest, readOn)
}

// oneLine makes a text fit for a header: printable ASCII, and not too long.
func oneLine(text string, most int) string {
	line := strings.Map(func(r rune) rune {
		switch {
		case r == '…':
			return '.'
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, strings.Join(strings.Fields(text), " "))
	if len(line) > most {
		line = line[:most-3] + "..."
	}
	return line
}
