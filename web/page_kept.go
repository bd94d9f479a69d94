package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/route"
)

// keptRoutes are there only where failed events are kept.
func (s *site) keptRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET " + pages.KeptPath, Needs: pipelines.AdministerSystem, Serve: s.keptPage},
		{Pattern: "POST " + pages.KeptReplayPath, Needs: pipelines.AdministerSystem, Serve: s.replayKept},
		{Pattern: "POST " + pages.KeptForgetPath, Needs: pipelines.AdministerSystem, Serve: s.forgetKept},
	}
}

func (s *site) keptPage(w http.ResponseWriter, r *http.Request) {
	s.showKept(w, r, http.StatusOK, nil)
}

func (s *site) showKept(w http.ResponseWriter, r *http.Request, status int, problems []pages.Problem) {
	all, err := s.Kept.List(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, status, pages.KeptEventsPage(s.keptEvents(s.pageFrame(r, pages.InKept, "Failed events", keptSentence(all)), all, problems)))
}

// replayKept shows why at the list if the event fails again: it is still kept.
func (s *site) replayKept(w http.ResponseWriter, r *http.Request) {
	s.afterKept(w, r, s.Kept.Replay(r.Context(), r.PostFormValue("event")))
}

func (s *site) forgetKept(w http.ResponseWriter, r *http.Request) {
	s.afterKept(w, r, s.Kept.Forget(r.Context(), r.PostFormValue("event")))
}

func (s *site) afterKept(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case err == nil:
		s.to(w, r, pages.KeptPath)
	case forPerson(err):
		s.showKept(w, r, formStatus(err), problemsOf(err, nil))
	default:
		s.fail(w, r, err)
	}
}
