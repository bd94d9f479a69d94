package cli

import (
	"net/http"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/web/rest"
)

func TestWhatWaitsAndWhatIsFound(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{
		"GET /v1/approvals": []rest.Approval{{ID: "Deployments-7.1", Deployment: "Deployments-7", Project: "Shop", Release: "1.0", Environment: "Test", Step: "Sign off", Asked: time.Now(), Taken: &rest.Taken{By: "Ada"}}},
		"GET /v1/search":    rest.Found{Groups: []rest.FoundGroup{{Kind: "deployment", Items: []rest.FoundItem{{Name: "Deployments-10", ID: "Deployments-10", Note: "Shop 1.0 to Test"}}}}},
	})
	s.types("approvals").want(t, "approvals", 0, "Deployments-7", "Shop 1.0", "Sign off", "Ada")
	s.types("search", "10").want(t, "search", 0, "Deployments-10", "Shop 1.0 to Test")
}

func TestARefusedLoginDoesNotSendBackToLogin(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{"POST /v1/login": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusUnauthorized, rest.Error{Code: pipelines.Unauthenticated, Message: "the name or the password is wrong"})
	})})
	s.stdin = "wrong\n"
	s.types("login", s.env["SLIPWAY_URL"], "--username", "ada", "--password-stdin").want(t, "login", 1, "the password is wrong", "!nobody is signed in here")
}
