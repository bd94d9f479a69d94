package browser

import (
	"regexp"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web"
	"slipway/web/rest"
)

// stage is a server with something on each page, and where its things are.
type stage struct {
	*server
	there map[string]string // by the word in braces of a pattern
}

// setStage deploys the tutorial's release to Dev, and to Test as far as its sign-off.
func setStage(t *testing.T) stage {
	t.Helper()
	s := startTutorial(t)
	s.becomes(s.deploy("Dev"), pipelines.Succeeded)
	waits := s.deploy("Test")
	s.becomes(waits, pipelines.Waiting)
	answer, _ := s.asked("Random Quotes")
	token, _, _ := strings.Cut(strings.TrimPrefix(answer, "/answer/"), "?")
	var mails []rest.HeldMail
	s.get("/v1/mail", &mails)
	return stage{s, map[string]string{
		"project": "Projects-1", "release": "1.0.10", "environment": "Environments-2", "deployment": waits, "package": "RandomQuotes",
		"variable": "EnvironmentName", "set": "Shared", "mail": mails[0].Key, "token": token, "feed": "Feeds-1", "$": "",
		"version": "1.0.10", "target": "win-1", "lifecycle": "Lifecycles-1", "role": "Night%20shift", "team": "Teams-1", "user": "Users-2", "type": "script",
	}}
}

// visit is one page to look at, by whom.
type visit struct {
	path string
	who  string // "": nobody
}

// notAPage says why a pattern that is read has no page to look at.
var notAPage = map[string]string{
	"GET /static/{file}":                 "an asset",
	"GET /setup/{token}":                 "gone once there is an administrator; TestAxeBeforeSetUp looks at it",
	"GET /live":                          "a part of the dashboard",
	"GET /deployments/{deployment}/live": "a part of the deployment's page",
	"GET /deployments/{deployment}/artifacts/{artifact}": "a file",
	"GET /mail/{mail}/body.html":                         "somebody else's text, in a frame without scripts",
	"GET /deployments/{deployment}/log.txt":              "a file",
	"GET /audit/export":                                  "a file",
	"GET /signin/second":                                 "only between a password and its second factor; the gallery has it",
	"GET /signin/oidc/{provider}/callback":               "leads on",
	"GET /settings/sign-in/providers/{provider}":         "there is no provider; the gallery has it",
	"GET /kept":   "only on AWS; the gallery has it",
	"GET /nuget":  "for package clients",
	"GET /nuget/": "for package clients",
}

// more are further states of pages, and other people's.
var more = map[string][]visit{
	"GET /{$}":                      {{"/", "stella"}, {"/", "internaldeployer"}},
	"GET /approvals":                {{"/approvals", "stella"}},
	"GET /deployments/{deployment}": {{"/deployments/Deployments-1", "admin"}, {"/deployments/{deployment}", "stella"}},
	"GET /signin":                   {{"/signin?next=%2Fpackages", ""}},
	"GET /projects/{project}/releases/{release}/deploy/{environment}": {{"/projects/Projects-1/releases/1.0.10/deploy/Environments-3", "admin"}},
	"GET /projects/{project}": {{"/projects/Projects-1", "stella"}, {"/projects/Nothing", "admin"}},
}

// elsewhere are the places of patterns whose words mean other things than usual.
var elsewhere = map[string]string{
	"GET /variable-sets/{set}/variables/{variable}/reach": "/variable-sets/Shared/variables/Greeting/reach",
}

var inBraces = regexp.MustCompile(`\{([^}]*)\}`)

// visits are all pages of the route table. A pattern that nobody has given an
// address fails the test.
func (s stage) visits(t *testing.T) []visit {
	t.Helper()
	var out []visit
	seen := map[string]bool{}
	for _, r := range web.Surface() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if method != "GET" || strings.HasPrefix(path, "/v1/") {
			continue
		}
		seen[r.Pattern] = true
		if notAPage[r.Pattern] != "" {
			continue
		}
		if other, ok := elsewhere[r.Pattern]; ok {
			path = other
		}
		who := "admin"
		if r.Public {
			who = ""
		}
		for _, v := range append([]visit{{path, who}}, more[r.Pattern]...) {
			v.path = inBraces.ReplaceAllStringFunc(v.path, func(word string) string {
				name := strings.TrimSuffix(strings.Trim(word, "{}"), "...")
				value, known := s.there[name]
				if !known {
					t.Errorf("the route %q has no sample for %s: name one in setStage, or say in notAPage why there is nothing to see", r.Pattern, word)
				}
				return value
			})
			out = append(out, v)
		}
	}
	for _, table := range []map[string]bool{keys(notAPage), keys(more), keys(elsewhere)} {
		for pattern := range table {
			if !seen[pattern] {
				t.Errorf("there is no route %q any more", pattern)
			}
		}
	}
	return out
}

func keys[V any](of map[string]V) map[string]bool {
	out := map[string]bool{}
	for k := range of {
		out[k] = true
	}
	return out
}
