package api

import (
	"net/http"
	"time"

	"slipway/pipelines"
	"slipway/runner/tasklog"
	"slipway/runner/views"
	"slipway/web/rest"
)

const (
	linesAtOnce = 1000
	longestWait = 30 * time.Second
	lookAgain   = 200 * time.Millisecond
)

// log reads lines after a cursor. With ?wait=5s it waits that long for the
// first of them, while who asked is there and the deployment goes on.
func (a *API) log(r *http.Request, p pipelines.Principal) (any, error) {
	wait, err := duration(r, "wait", longestWait)
	if err != nil {
		return nil, err
	}
	id, after := r.PathValue("id"), tasklog.Cursor(r.URL.Query().Get("after"))
	enough := time.NewTimer(wait)
	defer enough.Stop()
	for {
		out, err := a.readLog(r, p, id, after)
		if err != nil || len(out.Lines) > 0 || out.Ended || wait == 0 {
			return out, err
		}
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-enough.C:
			return out, nil
		case <-time.After(lookAgain):
		}
	}
}

// readLog asks for the state before it asks for the lines: what was written
// before the end is there once the end is, so an ended log is read whole.
func (a *API) readLog(r *http.Request, p pipelines.Principal, id string, after tasklog.Cursor) (rest.Log, error) {
	d, err := a.Views.Deployment(r.Context(), p, id)
	if err != nil {
		return rest.Log{}, err
	}
	lines, next, err := a.Views.Log(r.Context(), p, id, after, linesAtOnce)
	if err != nil {
		return rest.Log{}, err
	}
	return rest.Log{
		Lines: linesOf(lines), Next: string(next),
		Ended: d.Deployment.Status.Ended() && len(lines) < linesAtOnce,
	}, nil
}

func linesOf(lines []views.Line) []rest.LogLine {
	out := make([]rest.LogLine, len(lines))
	for i, l := range lines {
		out[i] = rest.LogLine{Step: l.Name, Target: l.Target, Seq: l.Seq, At: l.At, Stream: l.Stream, Text: l.Text}
	}
	return out
}
