package api

import (
	"errors"
	"net/http"

	"slipway/pipelines"
	"slipway/runner/hosts"
	"slipway/web/rest"
)

func (a *API) targets(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.Targets(r.Context(), p)
	out := []rest.Target{}
	for _, t := range all {
		out = append(out, targetOf(t))
	}
	return out, err
}

func (a *API) addTarget(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[pipelines.Target](r)
	if err != nil {
		return nil, err
	}
	if in.ID != "" || in.ExecutorKey != nil {
		return nil, pipelines.Refuse(pipelines.Invalid, "the id and the executor's key of a target are not chosen: leave them out")
	}
	t, err := a.Catalog.AddTarget(r.Context(), p, in)
	return targetOf(t), err
}

func (a *API) removeTarget(r *http.Request, p pipelines.Principal) (any, error) {
	t, err := a.Views.Target(r.Context(), p, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return nil, a.Catalog.RemoveTarget(r.Context(), p, t.Name, r.URL.Query().Get("take-over") == "true")
}

// checkTarget contacts the host. It needs the right to change the target in
// each of its environments: the host gets our program, and its key is pinned.
func (a *API) checkTarget(r *http.Request, p pipelines.Principal) (any, error) {
	t, err := a.Views.Target(r.Context(), p, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	for _, environment := range t.Environments {
		if err := p.Demand(pipelines.MachineEdit, pipelines.Where{Environment: environment}); err != nil {
			return nil, err
		}
	}
	if a.CheckTarget == nil {
		return nil, pipelines.Refuse(pipelines.Unavailable, "this server contacts no hosts: check the target where deployments are run")
	}
	facts, err := a.CheckTarget(r.Context(), t)
	if gone := r.Context().Err(); gone != nil {
		return nil, gone
	}
	out := checkOf(t, facts, err)
	return out, a.Catalog.KeepCheck(r.Context(), p, t, facts, out.Problem)
}

// checkOf is what is known of a host; that it cannot be used is an answer, not
// a failure of the request.
func checkOf(t pipelines.Target, facts hosts.Facts, err error) rest.Check {
	out := rest.Check{
		Target: t.Name, Reachable: err == nil, System: facts.System, OS: facts.OS, Arch: facts.Arch, Shell: facts.Shell,
		Home: facts.Home, FreeBytes: facts.FreeBytes, HostKey: facts.HostKey, Missing: facts.Missing, NoSudo: facts.NoSudo,
	}
	if t.SSH != nil {
		out.Pinned = t.SSH.HostKeys
	}
	if err != nil {
		out.Problem = err.Error()
	}
	var untrusted *hosts.UntrustedError
	if errors.As(err, &untrusted) {
		out.HostKey, out.Pinned = untrusted.Presented, untrusted.Pinned
	}
	return out
}

func targetOf(t pipelines.Target) rest.Target { return rest.Target{Target: t, Address: t.Address()} }
