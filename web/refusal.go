package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"slipway/pipelines"
)

// refusalKey is where a request carries whether its refusal is in the audit log.
type refusalKey struct{}

// refusalsNoted has the audit log say, once for a request, that somebody known
// may not do what they asked for: also where a handler answers so in a form of
// its own.
func (s *site) refusalsNoted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noted := false
		r = r.WithContext(context.WithValue(r.Context(), refusalKey{}, &noted))
		next.ServeHTTP(&watching{ResponseWriter: w, refused: func() {
			s.noteRefusal(r, pipelines.Refuse(pipelines.Forbidden, "it was not allowed"))
		}}, r)
	})
}

// watching calls refused before an answer begins that is one.
type watching struct {
	http.ResponseWriter
	refused func()
	begun   bool
}

func (w *watching) WriteHeader(status int) {
	if status == http.StatusForbidden && !w.begun {
		w.refused()
	}
	w.begun = w.begun || status >= http.StatusOK
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets what streams reach the connection.
func (w *watching) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// noteRefusal writes a refusal down unless that was done, also of somebody who
// has gone. The answer is the same whether or not that could be.
func (s *site) noteRefusal(r *http.Request, err error) {
	refusal, ok := errors.AsType[*pipelines.Error](err)
	noted, watched := r.Context().Value(refusalKey{}).(*bool)
	if !ok || !watched || *noted {
		return
	}
	*noted = true
	asked := askedFor(r)
	if err := s.Requests.NoteRefusal(context.WithoutCancel(r.Context()), s.SignIn.Principal(r), asked, refusal); err != nil {
		s.Log.Error("note a refusal", "asked", asked, "error", err)
	}
}

// mostAsked bounds what is written down of an address, which somebody made: an
// entry that is too large would not be written, and the refusal not be told.
const mostAsked = 300

func askedFor(r *http.Request) string {
	asked := r.Method + " " + shown(r.URL.Path)
	if len(asked) > mostAsked {
		asked = strings.ToValidUTF8(asked[:mostAsked], "") + "…"
	}
	return asked
}
