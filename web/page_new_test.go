package web

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/hosts"
	"slipway/runner/records"
)

// filledIn sends the form of a page with some fields filled in, looks at the
// preview, and saves it: what a person does who never leaves the browser.
func (b *browser) filledIn(page string, pairs ...string) answered {
	b.k.t.Helper()
	f := typedInto(b.k.t, b.has(page, http.StatusOK))
	action, _, _ := strings.Cut(page, "?")
	shown := b.post(action, with(f, "preview", pairs...))
	if shown.status != http.StatusOK || !strings.Contains(shown.body, testid("save")) {
		b.k.t.Fatalf("%s: %d %s", page, shown.status, shown.text())
	}
	saved := b.post(action, with(typedInto(b.k.t, shown), "save"))
	if saved.status != http.StatusSeeOther {
		b.k.t.Fatalf("saving %s: %d %s", page, saved.status, saved.text())
	}
	return b.has(saved.header.Get("Location"), http.StatusOK)
}

// The Ruby tutorial, set up by somebody who never leaves the browser.
func TestTutorialByPagesAlone(t *testing.T) {
	t.Parallel()
	k := newPageKit(t, "")
	k.person("admin", true)
	k.person("stella", false)
	must(t, k.records.Write(t.Context(), records.SetSetup(records.Setup{Done: true}, 0)))
	admin := k.browser("admin")
	admin.has("/", http.StatusOK, testid("new"), "No project is here yet", `href="/projects/new"`)

	for _, name := range []string{"Dev", "Test", "Prod"} {
		admin.filledIn("/environments/new", "name", name)
	}
	phases := typedInto(t, admin.has("/lifecycles/new", http.StatusOK))
	for i, name := range []string{"Dev", "Test", "Prod"} {
		at := "phases[" + string(rune('0'+i)) + "]."
		phases.Set(at+"name", name)
		phases.Set(at+"environments", name)
	}
	phases.Set("phases[0].optional", "yes")
	if got := admin.post("/lifecycles/new", with(phases, "save", "phases", "3", "name", "Dev, Test, and Prod", "description", "Progression from the Dev to the Prod environments")); got.status != http.StatusSeeOther {
		t.Fatalf("the lifecycle: %d %s", got.status, got.text())
	}
	target := with(typedInto(t, admin.has("/targets/new", http.StatusOK)), "save", "name", "web-1", "way", "pretend", "roles", "web")
	target["environments"] = []string{"Dev", "Test", "Prod"}
	made := admin.post("/targets/new", target)
	if made.header.Get("Location") != "/targets/Machines-1?now=saved" {
		t.Fatalf("the target: %d %s %s", made.status, made.header.Get("Location"), made.text())
	}
	admin.has("/targets/Machines-1", http.StatusOK, "pretend:web-1", testid("check"), testid("edit-text"))
	admin.filledIn("/people/teams/new", "name", "Project Stakeholders", "members", "stella", "roles[0].role", "Project viewer")

	begin := typedInto(t, admin.has("/projects/new", http.StatusOK, "Begin with"))
	if begin.Get("start") != "nginx" {
		t.Errorf("a project begins with %q", begin.Get("start"))
	}
	begun := admin.post("/projects/new", with(begin, "", "name", "Random Quotes", "lifecycle", "Dev, Test, and Prod"))
	if begun.status != http.StatusSeeOther {
		t.Fatalf("beginning: %d %s", begun.status, begun.text())
	}
	text := typedInto(t, admin.has(begun.header.Get("Location"), http.StatusOK)).Get("text")
	for _, want := range []string{"name: Random Quotes", "lifecycle: Dev, Test, and Prod", "triggers: [{ package: RandomQuotes }]", "nginx:", "package: RandomQuotes"} {
		if !strings.Contains(text, want) {
			t.Fatalf("the beginning lacks %q:\n%s", want, text)
		}
	}
	text = strings.Replace(text, "port: 8081", `port: "#{NGINX Port}"`, 1)
	admin.filledIn(begun.header.Get("Location"), "text", text)

	for _, kind := range []string{"approval", "email"} {
		choose := admin.has("/projects/Projects-1/steps/new", http.StatusOK, testid("add-"+kind), testid("narrow"))
		link := regexp.MustCompile(`href="([^"#]*add=` + kind + `)#(L\d+)"`).FindStringSubmatch(choose.body)
		if link == nil {
			t.Fatalf("%s cannot be added: %s", kind, choose.text())
		}
		page := admin.has(link[1], http.StatusOK, `id="`+link[2]+`"`, "not saved yet")
		at, err := strconv.Atoi(link[2][1:])
		must(t, err)
		line := strings.Split(typedInto(t, page).Get("text"), "\n")[at-1]
		if !strings.HasPrefix(line, "      - name: ") {
			t.Errorf("the link leads to the line %q", line)
		}
		added := typedInto(t, page)
		if kind == "email" {
			added.Set("text", strings.Replace(added.Get("text"), "        run: always", "        run: always\n        skip-environments: [Dev]", 1))
		}
		if got := admin.post("/projects/Projects-1/text", with(added, "save")); got.status != http.StatusSeeOther {
			t.Fatalf("adding %s: %d %s", kind, got.status, got.text())
		}
	}
	for port, environment := range map[string]string{"8081": "Dev", "8082": "Test", "8083": "Prod"} {
		f := typedValue(t, admin.has("/projects/Projects-1/variables/edit", http.StatusOK))
		if got := admin.post("/projects/Projects-1/variables/edit", with(f, "save", "kind", "text", "name", "Nginx Port", "value", port, "environments", environment)); got.status != http.StatusSeeOther {
			t.Fatalf("the port %s: %d %s", port, got.status, got.text())
		}
	}

	project := k.project()
	if got := project.Steps; len(got) != 3 || got[1].SkipEnvironments[0] != "Dev" || got[2].Run != pipelines.RunAlways || !strings.Contains(string(got[1].Action.Settings), "Project Stakeholders") {
		t.Errorf("the steps are %+v", got)
	}
	if len(project.Variables) != 3 || len(project.Triggers) != 1 || project.Owner != pipelines.OwnedByPages {
		t.Errorf("the project is %+v", project)
	}
	k.push("1.0.1") // the trigger makes a release, and Dev is deployed by itself
	made = admin.post("/projects/Projects-1/releases", url.Values{"number": {"1.0.5"}, "package.built-in/RandomQuotes": {"1.0.1"}})
	if made.status != http.StatusSeeOther || made.header.Get("Location") != "/projects/Projects-1/releases/1.0.5" {
		t.Fatalf("a release: %d %s", made.status, made.text())
	}
	const deploy = "/projects/Projects-1/releases/1.0.5/deploy/Environments-2"
	looked := admin.has(deploy, http.StatusOK, "Deployment Sign Off", "8082")
	if got := admin.post(deploy, url.Values{"plan": {looked.value(t, "plan")}}); got.status != http.StatusSeeOther {
		t.Fatalf("to Test: %d %s", got.status, got.text())
	}
}

// typedValue is the form of a value as a browser would send it back.
func typedValue(t *testing.T, page answered) url.Values {
	t.Helper()
	return url.Values{"revision": {page.value(t, "revision")}, "base": {html.UnescapeString(page.value(t, "base"))}}
}

func TestNewProjectIsJudgedAtOnce(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	for name, c := range map[string]struct{ name, lifecycle, at string }{
		"no name":             {"", "", `href="#name"`},
		"a name that is":      {"random quotes", "", `href="#name"`},
		"a lifecycle of none": {"New", "None", `href="#lifecycle"`},
		"500 letters":         {strings.Repeat("x", 500), "", `href="#name"`},
	} {
		got := admin.post("/projects/new", url.Values{"name": {c.name}, "lifecycle": {c.lifecycle}, "start": {"nginx"}})
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, c.at) || !strings.Contains(got.body, `value="`+c.name+`"`) {
			t.Errorf("%s: %d %s", name, got.status, got.text())
		}
	}
	if got := admin.post("/projects/new", url.Values{"name": {strings.Repeat("x", 2<<20)}}); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes: %d %.200s", got.status, got.text())
	}
	admin.has("/projects/new/text?start=none", http.StatusNotFound)
	strange := admin.post("/projects/new", url.Values{"name": {`<script>alert("x")</script>`}, "start": {"nginx"}})
	if page := admin.has(strange.header.Get("Location"), http.StatusOK); strings.Contains(page.body, "<script>alert") {
		t.Error("a name is shown as markup")
	}
	for _, start := range []string{"nginx", "iis", "script", ""} {
		begun := admin.post("/projects/new", url.Values{"name": {"New " + start}, "start": {start}})
		page := admin.has(begun.header.Get("Location"), http.StatusOK)
		shown := admin.post("/projects/new/text", with(typedInto(t, page), "preview"))
		if shown.status != http.StatusOK || !strings.Contains(shown.body, testid("save")) {
			t.Errorf("beginning with %q cannot be saved as it is: %d %s", start, shown.status, shown.text())
		}
	}
}

func TestVariableSetByPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	admin.has("/variable-sets", http.StatusOK, testid("new"))
	admin.filledIn("/variable-sets/new", "name", "Mail", "description", "Who hears of deployments")
	admin.has("/variable-sets/VariableSets-1", http.StatusOK, "Who hears of deployments", testid("add-value"), testid("edit-text"))
	f := typedInto(t, admin.has("/variable-sets/VariableSets-1/text", http.StatusOK))
	text := f.Get("text") + "    variables:\n      - { name: To, value: team@example.org }\n      - { name: To, value: prod@example.org, environments: [Prod] }\n"
	wrong := admin.post("/variable-sets/VariableSets-1/text", with(f, "save", "text", strings.Replace(text, "[Prod]", "[Production]", 1)))
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.text(), "Line 6: ") {
		t.Fatalf("an environment that is none: %d %s", wrong.status, wrong.text())
	}
	if got := admin.post("/variable-sets/VariableSets-1/text", with(f, "save", "text", text)); got.header.Get("Location") != "/variable-sets/VariableSets-1?now=saved" {
		t.Fatalf("saving: %d %s", got.status, got.text())
	}
	admin.filledIn("/projects/Projects-1/edit", "variable-sets", "Mail")
	used := typedInto(t, admin.has("/variable-sets/VariableSets-1/text", http.StatusOK, testid("used-by"), "Random Quotes", "2 values"))
	if got := admin.post("/variable-sets/VariableSets-1/text", with(used, "remove")); got.status != http.StatusUnprocessableEntity {
		t.Fatalf("removing what is used: %d %s", got.status, got.text())
	}
	project := typedInto(t, admin.get("/projects/Projects-1/edit"))
	delete(project, "variable-sets")
	if got := admin.post("/projects/Projects-1/edit", with(project, "save")); got.status != http.StatusSeeOther {
		t.Fatalf("letting it go: %d %s", got.status, got.text())
	}
	if got := admin.post("/variable-sets/VariableSets-1/text", with(typedInto(t, admin.get("/variable-sets/VariableSets-1/text")), "remove")); got.header.Get("Location") != "/variable-sets?now=removed" {
		t.Errorf("removing: %d %s", got.status, got.text())
	}
}

func TestFeedAsText(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	if got := admin.post("/feeds", url.Values{"name": {"Artifactory"}, "type": {"nuget"}, "url": {"http://127.0.0.1:1/nuget"}, "do": {"save"}}); got.status != http.StatusSeeOther {
		t.Fatalf("adding: %d %s", got.status, got.text())
	}
	admin.has("/feeds/Feeds-1", http.StatusOK, testid("edit-text"))
	admin.filledIn("/feeds/Feeds-1/text", "text", "feeds:\n  - { name: Artifactory, type: nuget, url: \"http://127.0.0.1:2/nuget\", username: admin, secret: artifactory }\n")
	admin.has("/feeds/Feeds-1", http.StatusOK, "http://127.0.0.1:2/nuget", "not set yet", testid("password-form"))
	wrong := admin.post("/feeds/Feeds-1/text", with(typedInto(t, admin.get("/feeds/Feeds-1/text")), "save", "text", "feeds:\n  - name: Artifactory\n    type: nuget\n    url: ftp://x\n"))
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.text(), "Line 4: ") {
		t.Errorf("an address that is none: %d %s", wrong.status, wrong.text())
	}
	if got := admin.post("/feeds/Feeds-1/text", with(typedInto(t, admin.get("/feeds/Feeds-1/text")), "remove")); got.header.Get("Location") != "/feeds?now=removed" {
		t.Errorf("removing: %d %s", got.status, got.text())
	}
}

func TestTargetBySSH(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Q6v0m7J4q0E5m1Zl1jH7m4T0Q8x2R3s5W6y7Z8a9b"
	f := with(typedInto(t, admin.has("/targets/new", http.StatusOK, testid("ask-key"))), "host-key", "name", "web-2", "roles", "web", "environments", "Dev", "ssh.host", "web-2.example.org", "ssh.user", "deploy", "ssh.key", "ssh-web-2")
	k.facts = func() (hosts.Facts, error) {
		return hosts.Facts{}, &hosts.UntrustedError{Host: "web-2.example.org", Presented: key}
	}
	shown := admin.post("/targets/new", f)
	if shown.status != http.StatusOK || !strings.Contains(shown.body, testid("presented")) || !strings.Contains(shown.body, "SHA256:") || !strings.Contains(shown.body, key) {
		t.Fatalf("asking for the key: %d %s", shown.status, shown.text())
	}
	none := typedInto(t, shown)
	none.Set("ssh.host-keys", "")
	if got := admin.post("/targets/new", with(none, "save")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#ssh.host-keys"`) {
		t.Errorf("without a key: %d %s", got.status, got.text())
	}
	if got := admin.post("/targets/new", with(typedInto(t, shown), "save")); got.header.Get("Location") != "/targets/Machines-2?now=saved" {
		t.Fatalf("saving: %d %s", got.status, got.text())
	}
	stored, err := k.records.Target(t.Context(), "Machines-2")
	must(t, err)
	if got := stored.Noun; got.SSH == nil || got.SSH.Host != "web-2.example.org" || got.SSH.HostKeys[0] != key || got.SSH.Key != "ssh-web-2" || got.Pretend != "" {
		t.Errorf("the target is %+v", got)
	}
	k.facts = func() (hosts.Facts, error) { return hosts.Facts{}, errors.New("web-3 does not answer") }
	if got := admin.post("/targets/new", with(f, "host-key", "ssh.host", "web-3")); got.status != http.StatusOK || !strings.Contains(got.text(), "Web-3 does not answer") && !strings.Contains(got.text(), "web-3 does not answer") {
		t.Errorf("a host that does not answer: %d %s", got.status, got.text())
	}
	admin.has("/targets/Machines-2", http.StatusOK, testid("target-key"), "ssh-web-2")
	if got := admin.post("/targets/Machines-2/key", url.Values{"key": {"-----BEGIN OPENSSH PRIVATE KEY-----\r\nAAAA\r\n-----END OPENSSH PRIVATE KEY-----\r\n"}}); got.status != http.StatusSeeOther {
		t.Errorf("the private key: %d %s", got.status, got.text())
	}
	if got := admin.post("/targets/Machines-1/key", url.Values{"key": {"AAAAAAAAAA"}}); got.status != http.StatusConflict {
		t.Errorf("a key for a target that names none: %d %s", got.status, got.text())
	}
	admin.filledIn("/targets/Machines-2/text", "text", strings.Replace(typedInto(t, admin.get("/targets/Machines-2/text")).Get("text"), "web-2.example.org", "web-2.example.org:2222", 1))
	stored, err = k.records.Target(t.Context(), "Machines-2")
	must(t, err)
	if stored.Noun.SSH.Host != "web-2.example.org:2222" {
		t.Errorf("as text it is %+v", stored.Noun.SSH)
	}
}

func TestSecretsByPage(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	admin.has("/secrets", http.StatusOK, testid("empty"), testid("secret-form"))
	admin.has("/library", http.StatusSeeOther)
	if got := admin.post("/secrets", url.Values{"name": {"pin"}, "value": {"1234"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#value"`) || strings.Contains(got.body, "1234") || !strings.Contains(got.text(), "tick that it may be too short") || strings.Contains(got.body, "--unmasked-risk") {
		t.Errorf("too short to be masked: %d %s", got.status, got.text())
	}
	if got := admin.post("/secrets", url.Values{"name": {""}, "value": {"long enough"}}); got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, "long enough") {
		t.Errorf("without a name: %d %s", got.status, got.text())
	}
	if got := admin.post("/secrets", url.Values{"name": {"pin"}, "value": {"1234"}, "unmasked-risk": {"yes"}}); got.status != http.StatusSeeOther {
		t.Errorf("at one's own risk: %d %s", got.status, got.text())
	}
	if got := admin.post("/secrets", url.Values{"name": {"\u202egnitset"}, "value": {"a lantern\r\nby the quay"}}); got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, "lantern") {
		t.Errorf("a name that reads backwards: %d %s", got.status, got.text())
	}
	for _, name := range []string{`<script>alert(1)</script>`, "pin"} {
		if got := admin.post("/secrets", url.Values{"name": {name}, "value": {"a lantern\r\nby the quay"}}); got.status != http.StatusSeeOther {
			t.Errorf("%q: %d %s", name, got.status, got.text())
		}
	}
	shown := admin.has("/secrets?now=saved", http.StatusOK, testid("secrets"), "pin")
	if strings.Contains(shown.body, "lantern") || strings.Contains(shown.body, "<script>alert") {
		t.Error("the page shows a value, or a name as markup")
	}
	stella := k.browser("stella")
	stella.has("/secrets", http.StatusForbidden)
	if got := stella.post("/secrets", url.Values{"name": {"pin"}, "value": {"another value"}}); got.status != http.StatusForbidden {
		t.Errorf("by somebody who may not: %d", got.status)
	}
}
