package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web/rest"
)

// TestWhereThereIsNothing a sentence says so, and what to do; JSON is an empty list.
func TestWhereThereIsNothing(t *testing.T) {
	t.Parallel()
	nothing := []string{}
	s := somebody(t, answers{
		"GET /v1/approvals": nothing, "GET /v1/mail": nothing, "GET /v1/secrets": nothing, "GET /v1/targets": nothing, "GET /v1/teams": nothing, "GET /v1/users": nothing,
		"GET /v1/user-roles": nothing, "GET /v1/apikeys": nothing, "GET /v1/feeds": nothing, "GET /v1/sign-in/providers": nothing, "GET /v1/sign-in/trusts": nothing,
		"GET /v1/projects/App/releases": nothing,
	})
	for line, want := range map[string]string{
		"approvals": "nothing waits for you", "mail list": "no mail is kept", "secret list": "slipway secret set NAME", "target list": "slipway target add NAME", "team list": "slipway team add NAME",
		"user list": "no user that you may see", "role list": "no user role that you may see", "key list": "slipway key create PURPOSE", "feed list": "slipway feed add NAME",
		"signin providers": "no identity provider", "signin trusts": "no service account trusts a build", "release list App": "App has no release yet: slipway release create App",
	} {
		got := s.types(strings.Fields(line)...)
		got.want(t, line, 0, want)
		if strings.Count(got.out, "\n") != 1 {
			t.Errorf("%s says %q, want one line", line, got.out)
		}
		if got := s.types(append(strings.Fields(line), "--json")...); strings.TrimSpace(got.out) != "[]" {
			t.Errorf("%s --json = %q", line, got.out)
		}
	}
}

// TestTablesStayTables whatever somebody has typed as a name.
func TestTablesStayTables(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{"GET /v1/teams": []pipelines.Team{{Name: "Red\x1b[31m\nTeam\u202e", Members: []string{"ada"}}}})
	if got := s.types("team", "list").out; strings.ContainsAny(got, "\x1b\u202e") || strings.Count(got, "\n") != 2 || !strings.Contains(got, "Red[31m Team  ada") {
		t.Errorf("team list = %q", got)
	}
}

// TestWhatIsHiddenIsSaid, which is something else than nothing.
func TestWhatIsHiddenIsSaid(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{"GET /v1/status": rest.Status{Projects: []rest.ProjectStatus{{Project: "App", Environments: []rest.EnvironmentStatus{{Environment: "Dev"}, {Environment: "Prod", Hidden: true}}}}}})
	if got := s.types("status").out; !strings.Contains(got, "App      –    not visible") {
		t.Errorf("status = %q", got)
	}
}

// TestAnExportThatLiesElsewhere is fetched from there, and our key stays home.
func TestAnExportThatLiesElsewhere(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(keyHeader) != "" {
			t.Error("the key went there")
		}
		if r.URL.Path == "/gone" {
			http.Error(w, "AccessDenied", http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, "the whole log\n")
	}))
	t.Cleanup(elsewhere.Close)
	s := somebody(t, answers{"GET /v1/audit/export": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+map[bool]string{true: "/gone", false: "/log"}[r.URL.Query().Get("format") == "csv"], http.StatusSeeOther)
	})})
	if got := s.types("audit", "export"); got.out != "the whole log\n" {
		t.Errorf("export = %+v", got)
	}
	s.types("audit", "export", "--format", "csv").want(t, "what is gone there", 1, "403")
}

// TestAMailThatWasOnlyKept is not said to be on its way.
func TestAMailThatWasOnlyKept(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{"POST /v1/mail-server/test": rest.MailTested{Kind: "held", To: "ada@example.org"}})
	s.types("mail", "server", "test", "ada@example.org").want(t, "a test mail", 1, "is only kept, and nobody gets it. `slipway mail list` shows it", "!taken")
}
