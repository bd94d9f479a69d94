package canary

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web/rest"
)

// allowed are the places where a secret may stand, with the reason.
var allowed = []struct {
	place  *regexp.Regexp
	reason string
}{
	{regexp.MustCompile(`^file (one|two)/Applications/`), "an installation's files hold what the step has put into them"},
	{regexp.MustCompile(`^file one/made$`), "the script has written it there itself"},
	{regexp.MustCompile(`^file one/\.slipway/attempts/[^/]+/artifacts/`), "an artifact is kept as the script has written it"},
	{regexp.MustCompile(`^file data/blobs/artifacts/`), "the same, brought home"},
	{regexp.MustCompile(`^page /deployments/[^/]+/artifacts/`), "the same, fetched"},
}

// TestCanaries is the story of the package comment.
func TestCanaries(t *testing.T) {
	t.Parallel()
	need(t)
	all := secrets()
	w := newWorld(t)
	w.configure(all, false)
	w.tell()
	failed := w.deploy("Fails")
	w.blocked("Asks")
	w.blocked("Mails")

	w.arrived(all)
	w.whyFailed(failed)
	w.mailed("Told", "Failed")
	token := string(w.read("one", "made"))
	all = append(all, secret{name: made, value: token})
	w.refused("short", "secret", "set", "too short")
	w.refused("", "deploy", "Told", "1.0.0", "Dev", "--value", "Special="+all[0].value)

	f := newFinder(all)
	w.look(f, w.answers(), w.pages(), w.commands())
	w.stop()
	w.look(f, w.items(), w.folder("data"), w.folder("one"), w.folder("two"), []place{{"the server's log", w.read("server.log")}})
	for _, p := range w.leftovers() {
		f.look(p.text, func(what string, _ int) { t.Errorf("%s holds %s", p.name, what) })
	}
}

// TestCanariesThatAreNoSecrets tells the same with values that stand openly in the variables, and sees that each is found.
func TestCanariesThatAreNoSecrets(t *testing.T) {
	t.Parallel()
	need(t)
	all := secrets()
	w := newWorld(t)
	w.configure(all, true)
	w.tell()
	f := newFinder(all)
	answers, pages, commands := w.answers(), w.pages(), w.commands()
	w.stop()
	for where, places := range map[string][]place{
		"API": answers, "pages": pages, "command line": commands, "table": w.items(), "data folder": w.folder("data"), "ledger": w.folder("one/.slipway"),
	} {
		found := map[string]bool{}
		for _, p := range places {
			for _, what := range f.find(p.text) {
				name, _, _ := strings.Cut(what, " ")
				found[name] = true
			}
			if len(found) == len(all) {
				break
			}
		}
		for _, s := range all {
			if !found[s.name] {
				t.Errorf("%s stands openly in the %s and is not found there: the test cannot fail", s.name, where)
			}
		}
	}
}

// tell deploys the project whose steps print what they know, and succeed.
func (w *world) tell() {
	w.t.Helper()
	for _, s := range w.deploy("Told").Steps {
		if s.Status != pipelines.Succeeded {
			w.t.Fatalf("%s is %s: %s", s.Name, s.Status, s.Message)
		}
	}
}

func need(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no local targets with bash on Windows")
	}
	for _, tool := range []string{"bash", "base64", "od", "fold", "awk", "tar", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("no " + tool + " here")
		}
	}
}

// look reports what is found where nothing may be.
func (w *world) look(f *finder, sources ...[]place) {
	w.t.Helper()
	for _, places := range sources {
		w.t.Logf("looking into %d places, beginning with %s", len(places), places[0].name)
		for _, p := range places {
			if found := f.find(p.text); len(found) > 0 && !isAllowed(p.name) {
				w.t.Errorf("%s holds\n\t%s", p.name, strings.Join(found, "\n\t"))
			}
		}
	}
}

func isAllowed(name string) bool {
	for _, a := range allowed {
		if a.place.MatchString(name) {
			return true
		}
	}
	return false
}

// blocked sees that the plan of a project whose mails or questions name secrets stops it.
func (w *world) blocked(project string) {
	w.t.Helper()
	w.slipway("", "release", "create", project, "--number", "1.0.0")
	said := w.refused("", "deploy", project, "1.0.0", "Dev")
	if !strings.Contains(said, "secrets never go into mails or questions") {
		w.t.Errorf("%s is refused for another reason: %s", project, said)
	}
}

// arrived sees that secrets are where they must be: masking must not change what is done.
func (w *world) arrived(all []secret) {
	w.t.Helper()
	is := map[string]string{}
	for _, s := range all {
		is[s.name] = s.value
	}
	sum := sha256.Sum256(w.read("one", "made"))
	if seen := string(w.read("one", "seen", "ancestors")); !strings.Contains(seen, "executor") || !strings.Contains(seen, "HOME=") {
		w.t.Errorf("the script saw nothing of the processes above it:\n%s", seen)
	}
	for _, host := range []string{"one", "two"} {
		if used := string(w.read(host, "used")); !strings.HasPrefix(used, hex.EncodeToString(sum[:])) {
			w.t.Errorf("%s was not given the sensitive output: %s", host, used)
		}
		in := func(file string) []byte { return w.read(host, "Applications", "Dev", "App", "1.0.0", file) }
		var settings struct {
			Db struct{ Password, Key string }
		}
		must(w.t, json.Unmarshal(in("appsettings.json"), &settings))
		w.same(host+" appsettings.json", settings.Db.Password, is["special"])
		w.same(host+" appsettings.json", settings.Db.Key, is["pem"])
		var server struct {
			Key string `xml:"key"`
			DB  struct {
				Password string `xml:"password,attr"`
			} `xml:"db"`
		}
		must(w.t, xml.Unmarshal(in("server.xml"), &server))
		w.same(host+" server.xml", server.DB.Password, is["special"])
		w.same(host+" server.xml", server.Key, is["long"])
		var config struct {
			Settings []struct {
				Value string `xml:"value,attr"`
			} `xml:"appSettings>add"`
			Connections []struct {
				Text string `xml:"connectionString,attr"`
			} `xml:"connectionStrings>add"`
		}
		must(w.t, xml.Unmarshal(in("Web.config"), &config))
		w.same(host+" Web.config DbPassword", config.Settings[0].Value, is["special"])
		w.same(host+" Web.config Transformed", config.Settings[1].Value, is["special"])
		w.same(host+" Web.config Main", config.Connections[0].Text, "Server=x;Password="+is["special"]+";Key="+is["long"])
		for file, want := range map[string]string{"notes.txt": "Special is " + is["special"] + "\n", "settings.yaml": is["special"][:5], "app.properties": is["special"][:5]} {
			if !strings.Contains(string(in(file)), want) {
				w.t.Errorf("%s %s has no %q:\n%s", host, file, want, in(file))
			}
		}
	}
}

func (w *world) same(what, got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s holds %q, want %q", what, got, want)
	}
}

// mailed sees that there are mails, in which something is masked.
func (w *world) mailed(subjects ...string) {
	w.t.Helper()
	var mails []rest.HeldMail
	w.get("/v1/mail", &mails)
	for _, subject := range subjects {
		i := slices.IndexFunc(mails, func(m rest.HeldMail) bool { return m.Subject == subject })
		if i < 0 {
			w.t.Errorf("no mail %s among %d", subject, len(mails))
			continue
		}
		if said := w.slipway("", "mail", "show", mails[i].Key); strings.Count(said, "********") < 2 {
			w.t.Errorf("nothing is masked in the mail %s:\n%s", subject, said)
		}
	}
}

// whyFailed sees that each step of the deployment that fails does so, and says why.
func (w *world) whyFailed(d rest.Deployment) {
	w.t.Helper()
	for _, s := range d.Steps {
		if s.Type == "email" {
			continue
		}
		if s.Status != pipelines.Failed || s.Message == "" {
			w.t.Errorf("%s is %s and says %q, want it to fail and to say why", s.Name, s.Status, s.Message)
		}
	}
}
