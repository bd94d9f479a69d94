package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/rest"
)

func TestMisunderstood(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{})
	for _, c := range []struct{ line, want string }{
		{"deplo", `there is no command "deplo", did you mean "deploy"?`},
		{"target ad", `there is no command "ad", did you mean "add"?`},
		{"deploy App 1.0", "ENVIRONMENT is missing: see `slipway deploy --help`"},
		{"deploy Random Quotes 1.0 Test", `one word too many: "Test" (names with spaces need quotes)`},
		{"deploy --fast", "unknown flag: --fast: see `slipway deploy --help`"},
		{"push", "FILE… is missing"},
		{"pack . --version 1.0", "--id is missing"},
		{"logs Deployments-1 --tail -3", "--tail is a number of lines"},
		{"release create App --package App", "a package is written ID:VERSION"},
		{"release create App 1.0 --number 2.0", `the number is said twice: "1.0" and --number "2.0"`},
		{"login http://127.0.0.1:1", "nobody is here to type: say --key-stdin"},
		{"target add web --role web --environment Test", "how the target is reached is missing"},
		{"target add web --role web --environment Test --ssm i-0abc123d --key k", "--key goes with --ssh only"},
		{"target add web --role web --environment Test --local /tmp/x --platform windows", "--platform goes with --ssm and --pretend only"},
		{"user password ada", "--password-stdin is missing"},
		{"serve", "--data is missing"},
		{"init --data x --print-key", "--print-key needs --admin NAME"},
	} {
		s.types(strings.Fields(c.line)...).want(t, c.line, 2, "slipway: ", c.want)
	}
}

// What the server refuses is one line, and its findings when there are several.
func TestRefusals(t *testing.T) {
	t.Parallel()
	two := rest.Error{Code: pipelines.Conflict, Message: "App 1.0 cannot be\ndeployed", Problems: []pipelines.Problem{{Message: "no target"}, {Path: "steps[1]", Message: "no role"}}}
	s := somebody(t, answers{
		"POST /v1/deployments": refusal{http.StatusConflict, two},
		"GET /v1/me":           refusal{http.StatusInternalServerError, rest.Error{Message: "internal error", Reference: "r-17"}},
		"GET /v1/targets":      http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<h1>Bad Gateway", http.StatusBadGateway) }),
		"GET /v1/secrets":      http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) }),
		"GET /v1/mail":         http.RedirectHandler("http://other.example.org/", http.StatusFound),
	})
	s.types("deploy", "App", "1.0", "Test").want(t, "findings", 1, "slipway: App 1.0 cannot be deployed\n", "\n  no target\n  steps[1]: no role\n")
	s.types("whoami").want(t, "internal", 1, "look for r-17 in its log")
	s.types("target", "list").want(t, "no JSON", 1, "502 Bad Gateway", "is it a slipway server?", "!<h1>")
	s.types("secret", "list").want(t, "other JSON", 1, "answered something else than expected")
	s.types("mail", "list").want(t, "redirect", 1, "leads on to http://other.example.org/")
	s.types("open", "--url", "ftp://x").want(t, "address", 1, "a server's address is like http://")

	got := s.types("deploy", "App", "1.0", "Test", "--json")
	var e rest.Error
	if err := json.Unmarshal([]byte(got.err), &e); err != nil || e.Code != pipelines.Conflict || len(e.Problems) != 2 || got.out != "" {
		t.Errorf("deploy --json refused = %+v (%v), want the server's error as JSON on stderr", got, err)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	dead := httptest.NewServer(nil)
	dead.Close()
	s := &person{t: t, wire: http.DefaultTransport, env: map[string]string{}}
	s.types("whoami").want(t, "no server known", 1, "`slipway login URL`")
	s.env["SLIPWAY_URL"] = dead.URL
	s.types("whoami").want(t, "no server there", 1, dead.URL+" does not answer (", "connection refused", "!dial")
}

// The key of one server is not sent to another, nor to where one leads on.
func TestKeyStaysHome(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 10)
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard <- r.Header.Get(keyHeader)
		writeJSON(w, http.StatusUnauthorized, rest.Error{Code: pipelines.Unauthenticated, Message: "who are you?"})
	}))
	defer stranger.Close()
	s := somebody(t, answers{
		"GET /v1/me":      rest.Me{Username: "ada", Called: "Ada"},
		"GET /v1/targets": http.RedirectHandler(stranger.URL, http.StatusTemporaryRedirect),
	})
	delete(s.env, "SLIPWAY_API_KEY")
	s.stdin = "API-SECRET\n"
	s.types("login", s.env["SLIPWAY_URL"]+"/", "--key-stdin").want(t, "login", 0, "Ada at http")
	s.types("target", "list").want(t, "redirect", 1, "leads on to "+stranger.URL)
	s.types("whoami", "--url", stranger.URL).want(t, "other server", 1, "who are you? (nobody is signed in here: `slipway login "+stranger.URL)
	close(heard)
	for key := range heard {
		if key != "" {
			t.Errorf("a stranger heard the key %q", key)
		}
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	var deleted string
	s := somebody(t, answers{
		"POST /v1/login": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var in rest.Login
			if json.NewDecoder(r.Body).Decode(&in) != nil || in.Username != "ada" || in.Password != "s p a c e " {
				writeJSON(w, http.StatusUnauthorized, rest.Error{Code: pipelines.Unauthenticated, Message: "name or password is wrong"})
				return
			}
			writeJSON(w, http.StatusOK, rest.NewKey{Key: rest.Key{ID: "APIKeys-7"}, Secret: "API-MADE"})
		}),
		"GET /v1/me": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			writeJSON(w, http.StatusOK, rest.Me{Username: "ada", Called: "Ada with " + r.Header.Get(keyHeader), Teams: []string{"Stakeholders"}})
		}),
		"DELETE /v1/apikeys/APIKeys-7": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			deleted = r.Header.Get(keyHeader)
			w.WriteHeader(http.StatusNoContent)
		}),
	})
	url := s.env["SLIPWAY_URL"]
	delete(s.env, "SLIPWAY_URL")
	delete(s.env, "SLIPWAY_API_KEY")
	s.stdin = "wrong\n"
	s.types("login", url, "--username", "ada", "--password-stdin").want(t, "wrong password", 1, "name or password is wrong")
	s.stdin = "s p a c e \n"
	s.types("login", url, "--username", "ada", "--password-stdin").want(t, "login", 0, "!API-MADE\n")
	info, err := os.Stat(s.env["XDG_CONFIG_HOME"] + "/slipway/login.json")
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("login.json has mode %v, want 0600", info.Mode().Perm())
	}
	s.types("whoami").want(t, "whoami", 0, "Ada with API-MADE", "member of Stakeholders")
	s.env["SLIPWAY_API_KEY"] = "API-OTHER"
	s.types("whoami").want(t, "environment wins", 0, "Ada with API-OTHER")
	delete(s.env, "SLIPWAY_API_KEY")
	s.types("logout").want(t, "logout", 0, "the key is deleted")
	if deleted != "API-MADE" {
		t.Errorf("logout deleted with key %q, want API-MADE", deleted)
	}
	s.types("logout").want(t, "logout again", 0, "nobody is signed in here")
	s.types("whoami").want(t, "after logout", 1, "no server is known here")
}

// The words for states are the ones of the pages.
func TestStateWords(t *testing.T) {
	t.Parallel()
	for s := range looks {
		if w := word(s); s != pipelines.Unknown && w == pages.Unknown.Word() {
			t.Errorf("state %s has no word of its own", s)
		}
	}
	if got := word("of tomorrow"); got != pages.Unknown.Word() {
		t.Errorf("word of a new state = %q", got)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{"GET /v1/version": rest.Version{Version: "1.2.3", Ready: true}})
	s.types("version").want(t, "version", 0, "slipway ", "!1.2.3")
	s.types("--version").want(t, "version", 0, "slipway ", "!1.2.3")
	s.types("version", "--server").want(t, "version", 0, "server  1.2.3")
	s.types().want(t, "nothing", 0, "Usage:", "deploy ")
	s.types("open", "Random Quotes").want(t, "open", 0, "/projects/Random%20Quotes")
}
