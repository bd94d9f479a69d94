package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"slipway/web/rest"
)

// tokens is what build systems ask for tokens, and a Slipway that takes the one
// they give.
func tokens(t *testing.T) (p *person, platform *httptest.Server, asked *http.Request) {
	asked = &http.Request{}
	platform = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = *r
		switch {
		case r.Header.Get("Authorization") != "Bearer of the job":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/elsewhere":
			http.Redirect(w, r, "/github", http.StatusFound)
		case r.URL.Path == "/github" && r.Method == http.MethodGet:
			writeJSON(w, http.StatusOK, map[string]string{"value": "a.build.token"})
		case r.URL.Path == "/azure" && r.Method == http.MethodPost:
			writeJSON(w, http.StatusOK, map[string]string{"oidcToken": "a.build.token"})
		default:
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	}))
	t.Cleanup(platform.Close)
	p = somebody(t, answers{
		"POST /v1/token": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var in rest.TokenRequest
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.SubjectToken != "a.build.token" || in.GrantType != rest.GrantTokenExchange || in.SubjectTokenType != rest.TokenTypeJWT {
				t.Errorf("POST /v1/token has %+v, %v", in, err)
			}
			if r.Header.Get("X-Slipway-ApiKey") != "" {
				t.Error("an older key was sent along")
			}
			writeJSON(w, http.StatusOK, rest.TokenAnswer{AccessToken: "API-BUILD"})
		}),
		"GET /v1/me": rest.Me{Username: "ci", Called: "ci"},
	})
	return p, platform, asked
}

func TestLoginFromGitHub(t *testing.T) {
	t.Parallel()
	p, platform, asked := tokens(t)
	base := p.env["SLIPWAY_URL"]
	p.types("login", base, "--github").want(t, "without id-token: write", 1, "permissions: { id-token: write }")
	p.env["ACTIONS_ID_TOKEN_REQUEST_URL"], p.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = platform.URL+"/github?api-version=2.0", "of the job"
	p.types("login", base, "--github").want(t, "login", 0, "ci at "+base, "!API-BUILD", "!of the job")
	if q := asked.URL.Query(); q.Get("audience") != base || q.Get("api-version") != "2.0" {
		t.Errorf("GitHub was asked %s, want the server as audience beside what stood there", asked.URL)
	}
	p.types("login", base, "--github", "--audience", "api://x y").want(t, "another audience", 0)
	if got := asked.URL.Query().Get("audience"); got != "api://x y" {
		t.Errorf("audience %q", got)
	}
	kept, err := os.ReadFile(filepath.Join(p.env["XDG_CONFIG_HOME"], "slipway", "login.json"))
	if err != nil || !json.Valid(kept) {
		t.Errorf("what login keeps: %s, %v", kept, err)
	}
	p.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "secret of another job"
	p.types("login", base, "--github").want(t, "refused", 1, "GitHub gives no token: 401", "!secret of another job")
	p.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"], p.env["ACTIONS_ID_TOKEN_REQUEST_URL"] = "of the job", platform.URL+"/elsewhere"
	p.types("login", base, "--github").want(t, "sent on", 1, "GitHub gives no token: 302")
}

func TestLoginFromAzureDevOps(t *testing.T) {
	t.Parallel()
	p, platform, asked := tokens(t)
	base := p.env["SLIPWAY_URL"]
	p.env["SYSTEM_OIDCREQUESTURI"] = platform.URL + "/azure"
	p.types("login", base, "--azure-devops").want(t, "without the job's token", 1, "SYSTEM_ACCESSTOKEN: $(System.AccessToken)")
	p.env["SYSTEM_ACCESSTOKEN"] = "of the job"
	p.types("login", base, "--azure-devops", "--service-connection", "0b1c").want(t, "login", 0, "ci at "+base)
	if q := asked.URL.Query(); asked.Method != http.MethodPost || q.Get("api-version") == "" || q.Get("serviceConnectionId") != "0b1c" || asked.Header.Get("Content-Type") != "application/json" {
		t.Errorf("Azure DevOps was asked %s %s", asked.Method, asked.URL)
	}
	p.types("login", base, "--azure-devops").want(t, "without a connection", 0)
	if asked.URL.Query().Has("serviceConnectionId") {
		t.Errorf("Azure DevOps was asked %s, want no connection named", asked.URL)
	}
	p.types("login", base, "--azure-devops", "--github").want(t, "both", 1, "azure-devops", "github")
}

func TestLoginByATokenInAFile(t *testing.T) {
	t.Parallel()
	p, _, _ := tokens(t)
	base := p.env["SLIPWAY_URL"]
	file := write(t, filepath.Join(t.TempDir(), "token"), "a.build.token\n")
	p.types("login", base, "--oidc-token-file", file).want(t, "file", 0, "ci at "+base, "!a.build.token")
	p.stdin = "a.build.token\n"
	p.types("login", base, "--oidc-token-file", "-").want(t, "stdin", 0, "ci at "+base)
	p.types("login", base, "--oidc-token-file", file+"x").want(t, "no file", 1, "no such file")
}
