package api

import (
	"net/http"
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/web/rest"
)

// journal is a piece of what happened to a deployment, turn by turn: those after
// `?after=REVISION`. With `&outputs=true` it has the outputs too that lie
// outside of the turns. The answer is a replay.Page.
func (a *API) journal(r *http.Request, p pipelines.Principal) (any, error) {
	after, err := revision(r)
	if err != nil {
		return nil, err
	}
	outputs := r.URL.Query().Get("outputs")
	if outputs != "" && outputs != "true" && outputs != "false" {
		return nil, pipelines.Refuse(pipelines.Invalid, "outputs is true or false, got %q", outputs)
	}
	return a.Views.Journal(r.Context(), p, r.PathValue("id"), after, outputs == "true")
}

func revision(r *http.Request) (int64, error) {
	text := r.URL.Query().Get("after")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, pipelines.Refuse(pipelines.Invalid, "after is a revision, like 12, got %q", text)
	}
	return n, nil
}

// Steps puts what is planned and how it stands side by side, as
// GET /v1/deployments/{id} answers it: for who has both without a server.
func Steps(p plan.Plan, s graph.State) []rest.Step { return stepsOf(p, s) }
