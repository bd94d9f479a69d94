package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/requests"
	"slipway/web/pages"
)

// skippable are the steps that would run: whoever deploys can leave out those
// that are not required.
func skippable(pl plan.Plan) []pages.SkipChoice {
	var out []pages.SkipChoice
	for i, s := range pl.Steps {
		if s.Skip == "" {
			out = append(out, pages.SkipChoice{ID: strconv.Itoa(i + 1), Step: s.Name, Required: s.Required, Child: s.Within > 0})
		}
	}
	return out
}

// withOptions reads what was chosen besides the values, into the order and into
// the form, should it be shown again.
func (s *site) withOptions(r *http.Request, v pages.ConfirmDeploy, in *requests.DeployRequest) pages.ConfirmDeploy {
	in.Comment = strings.TrimSpace(r.PostFormValue("comment"))
	v.Comment = in.Comment
	in.Skip = r.PostForm["skip"] // there since a value was read
	v.Skips = slices.Clone(v.Skips)
	for i := range v.Skips {
		v.Skips[i].Chosen = slices.Contains(in.Skip, v.Skips[i].Step)
	}
	if guided := r.PostFormValue("guided") != ""; guided != v.Guided {
		in.GuidedFailure, v.Guided = &guided, guided
	}
	if v.At = strings.TrimSpace(r.PostFormValue("at")); v.At != "" {
		at, ok := pipelines.StartTime(v.At, s.Now(), time.UTC)
		if !ok {
			v.Problems = append(v.Problems, pages.Problem{Field: "at", Text: "A start is a time to come, in UTC, like 2026-12-01 22:00, tomorrow 22:00 or +2h."})
			return v
		}
		if err := s.Requests.MayStart(at); err != nil {
			v.Problems = append(v.Problems, pages.Problem{Field: "at", Text: problemsOf(err, nil)[0].Text})
			return v
		}
		in.At = &at
	}
	return v
}
