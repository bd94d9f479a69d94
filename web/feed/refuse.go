package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

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
	if status == http.StatusForbidden && f.Refused != nil {
		f.Refused(r, err)
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
		if f.saidInStatus(w, r, status, words) {
			return
		}
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, words+"\n") // who asked has gone
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
