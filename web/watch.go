package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// watched catches panics and, at debug level, logs each answer.
func (s *site) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Now()
		seen := &answer{ResponseWriter: w}
		defer func() {
			if caught := recover(); caught != nil {
				s.panicked(seen, r, caught)
			}
			s.Log.Debug("request", "method", r.Method, "path", shown(r.URL.Path), "status", seen.status, "bytes", seen.bytes, "took", s.Now().Sub(began).Round(time.Microsecond))
		}()
		next.ServeHTTP(seen, r)
	})
}

func (s *site) panicked(w *answer, r *http.Request, caught any) {
	if err, ok := caught.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(caught) // a handler's way to cut the connection
	}
	err := fmt.Errorf("panic: %v\n%s", caught, debug.Stack())
	if w.status == 0 {
		s.fail(w, r, err)
		return
	}
	s.Log.Error("request failed after its answer began", "method", r.Method, "path", shown(r.URL.Path), "error", err)
	panic(http.ErrAbortHandler) // so that nobody takes half an answer for a whole one
}

// shown is a path as it may be logged: some addresses are secrets.
func shown(path string) string {
	for _, secret := range []string{"/answer/", "/setup/", "/invitation/", "/reset/"} {
		if strings.HasPrefix(path, secret) {
			return secret + "…"
		}
	}
	if before, token, ok := strings.Cut(path, "/webhook/"); ok && token != "" {
		return before + "/webhook/…"
	}
	return path
}

// answer remembers what was answered.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController through.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
