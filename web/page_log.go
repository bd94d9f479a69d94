package web

import (
	"bufio"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/views"
)

// logText sends the output of a deployment, or of a step, or of a step on one
// host, as a text file: the very lines that the page shows, secrets masked.
func (s *site) logText(w http.ResponseWriter, r *http.Request) {
	d, err := s.Views.Deployment(r.Context(), s.SignIn.Principal(r), r.PathValue("deployment"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	of := partAsked(r, d)
	name := d.Deployment.ID
	for _, value := range []string{r.FormValue("step"), r.FormValue("host")} {
		if value != "" && of.Step != views.EveryStep {
			name += "-" + value
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": pipelines.SafeName(name) + ".log.txt"}))
	out := bufio.NewWriterSize(w, 64<<10)
	err = s.Views.EachLine(r.Context(), d, of, func(l views.Line) error {
		_, err := out.WriteString(textLine(l))
		return err
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil && r.Context().Err() == nil {
		// The status has gone out: only a cut connection still says that it is not whole.
		s.Log.Error("send log", "deployment", d.Deployment.ID, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// textLine is a line of output as a file has it.
func textLine(l views.Line) string {
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\n", l.At.UTC().Format(time.RFC3339), l.Target, l.Name, l.Stream, strings.TrimRight(l.Text, "\r\n"))
}
