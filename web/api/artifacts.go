package api

import (
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (a *API) artifacts(r *http.Request, p pipelines.Principal) (any, error) {
	d, err := a.Views.Deployment(r.Context(), p, r.PathValue("deployment"))
	if err != nil {
		return nil, err
	}
	all, err := a.Views.Artifacts(r.Context(), d)
	out := []rest.Artifact{}
	for _, x := range all {
		out = append(out, rest.Artifact{ID: x.ID, Name: x.Name, Size: x.Size, SHA256: x.SHA256, Step: x.Step, Target: x.Target, Missing: x.Missing})
	}
	return out, err
}

// Artifact sends a file that a script wanted kept. It came from a host, so no
// browser may take it for a page of ours: it is saved, never shown.
func (a *API) Artifact(w http.ResponseWriter, r *http.Request) {
	file, err := a.Views.Artifact(r.Context(), a.SignIn.Principal(r), r.PathValue("deployment"), r.PathValue("artifact"))
	if err != nil {
		a.Fail(w, r, err)
		return
	}
	if file.Address != "" {
		http.Redirect(w, r, file.Address, http.StatusSeeOther)
		return
	}
	defer file.Body.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(file.Name)}))
	w.Header().Set("Content-Length", strconv.FormatInt(file.Size, 10))
	_, _ = io.Copy(w, file.Body) // who asked has gone, or sees that it is cut short
}
