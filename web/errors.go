package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/pages"
	"slipway/web/rest"
	"slipway/web/route"
	"slipway/web/signin"
)

// fail answers a request that went wrong: with JSON under /v1/, else with a
// page. What is no refusal for people is logged here, once, and the answer
// shows only the reference that finds it in the log.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // who asked has gone
	}
	f := failureOf(err)
	if f.status == http.StatusRequestEntityTooLarge && s.SignIn.Principal(r).Known() {
		route.Drop(w, r)
	}
	if f.status == http.StatusForbidden {
		s.noteRefusal(r, err)
	}
	if f.status == http.StatusInternalServerError {
		f.Reference = s.SignIn.Env.NewID()[:8]
		s.Log.Error("request failed", "reference", f.Reference, "method", r.Method, "path", shown(r.URL.Path), "error", err)
	}
	if f.wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.wait.Seconds())))
	}
	if isAPI(r) {
		if f.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `ApiKey realm="Slipway"`)
		}
		writeJSON(w, f.status, f.Error)
		return
	}
	if f.Code == pipelines.Unauthenticated {
		s.toSignIn(w, r)
		return
	}
	s.failurePage(w, r, f)
}

// failure is an error as it is answered.
type failure struct {
	rest.Error
	status int
	lacks  pipelines.Permission // what a page names in place of the person
	where  pipelines.Where
	wait   time.Duration
}

var statuses = map[pipelines.Code]int{
	pipelines.Invalid:         http.StatusBadRequest,
	pipelines.NotFound:        http.StatusNotFound,
	pipelines.Conflict:        http.StatusConflict,
	pipelines.Forbidden:       http.StatusForbidden,
	pipelines.Unauthenticated: http.StatusUnauthorized,
	pipelines.Unavailable:     http.StatusServiceUnavailable,
}

func failureOf(err error) failure {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refused(pipelines.Invalid, http.StatusRequestEntityTooLarge, fmt.Sprintf("the request is too large: here at most %d bytes are taken", tooLarge.Limit))
	}
	if wrong, ok := errors.AsType[*methodError](err); ok {
		return refused(pipelines.Invalid, http.StatusMethodNotAllowed, wrong.Error())
	}
	if foreign, ok := errors.AsType[*hostError](err); ok {
		return refused(pipelines.Invalid, http.StatusMisdirectedRequest, foreign.Error())
	}
	if refusal, ok := errors.AsType[*pipelines.Error](err); ok {
		f := refused(refusal.Code, statuses[refusal.Code], refusal.Message)
		f.Problems, f.lacks, f.where = refusal.Problems, refusal.Lacks, refusal.Where
		if braked, ok := errors.AsType[*signin.BrakedError](err); ok {
			f.status, f.wait = http.StatusTooManyRequests, braked.Wait
		}
		if f.status != 0 {
			return f
		}
	}
	if records.Conflict(err) {
		return refused(pipelines.Conflict, http.StatusConflict, "somebody else changed the same thing at this moment: look at it again and repeat what you wanted")
	}
	return refused("", http.StatusInternalServerError, "something went wrong inside the server; whoever runs it finds the cause in its log under the reference")
}

func refused(code pipelines.Code, status int, message string) failure {
	return failure{Error: rest.Error{Code: code, Message: message}, status: status}
}

// methodError says that the address is there, but not for this method.
type methodError struct{ method, allowed string }

func (e *methodError) Error() string {
	return fmt.Sprintf("%s is not possible at this address; possible: %s", e.method, e.allowed)
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/v1/") }

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who asked has gone
}

// titles are what failure pages are called.
var titles = map[int]string{
	http.StatusBadRequest:            "This cannot be done",
	http.StatusNotFound:              "Not found",
	http.StatusMethodNotAllowed:      "This cannot be done",
	http.StatusConflict:              "This cannot be done now",
	http.StatusForbidden:             "You may not do this",
	http.StatusRequestEntityTooLarge: "Too large",
	http.StatusMisdirectedRequest:    "Another address",
	http.StatusTooManyRequests:       "Please wait",
	http.StatusServiceUnavailable:    "Not available now",
	http.StatusInternalServerError:   "Something went wrong",
}

func (s *site) failurePage(w http.ResponseWriter, r *http.Request, f failure) {
	frame := s.bareFrame
	if f.status != http.StatusInternalServerError { // then nothing more is asked of a store that may be the cause
		frame = func(title, sentence string) pages.Frame { return s.pageFrame(r, "", title, sentence) }
	}
	message := f.Message
	if f.lacks != "" && f.status == http.StatusForbidden { // to whoever reads it: no name is needed
		message = fmt.Sprintf("you need the permission %s%s: a team of yours must include a user role that has it", f.lacks, f.where.Words())
	}
	page := pages.Message{
		Frame: frame(titles[f.status], ""),
		What:  toSentence(message), Why: findings(f.Problems), Reference: f.Reference,
		Path: pages.DashboardPath, PathText: "Go to the dashboard",
	}
	if f.Message == setUpFirst.Message {
		page.Title, page.Path = "Slipway is not set up yet", ""
	}
	s.show(w, r, f.status, pages.MessagePage(page))
}

func findings(all []pipelines.Problem) string {
	var lines []string
	for _, p := range all {
		line := p.String()
		if line == p.Message {
			line = toSentence(line) // else it begins with a place, which keeps its spelling
		}
		lines = append(lines, strings.TrimSuffix(line, ".")+".")
	}
	return strings.Join(lines, " ")
}
