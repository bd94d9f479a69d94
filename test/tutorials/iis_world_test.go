package tutorials

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"slipway/functions/setup"
	"slipway/pipelines"
	"slipway/test/feedserver"
	"slipway/web/rest"
)

const (
	iisSample   = "../../pipelines/textform/samples/random-quotes-iis"
	iisProject  = "Random Quotes"
	iisStep     = "Deploy web app to IIS"
	phrase      = "the pass phrase of " // of each person, with the name behind it
	feedKey     = "admin:password"      // of an Artifactory that was just installed
	sampleFeed  = "http://localhost:8041/artifactory/api/nuget/NuGet"
	sampleNames = `"RandomQuotes-#{Octopus.Environment.Name}"`
)

var iisPorts = map[string]string{"Dev": "8081", "Test": "8082", "Prod": "8083"}

// iisWorld is the tutorial's: a server, one host for three environments, and an Artifactory.
type iisWorld struct {
	*world
	host *iisHost
	feed *feedserver.Server
}

func newIISWorld(t *testing.T) *iisWorld {
	t.Helper()
	h := newIISHost(t)
	return &iisWorld{
		world: openWorld(t, setup.Settings{Patience: 10 * time.Second, Path: h.path()}),
		host:  h, feed: feedserver.Start(t, feedserver.Options{User: "admin", Password: "password"}),
	}
}

func (w *iisWorld) in(t *testing.T) *iisWorld {
	return &iisWorld{world: w.world.in(t), host: w.host.in(t), feed: w.feed}
}

// configure does what the tutorial says up to the first release: the folder applied, the feed's password, people's passwords, the host.
func (w *iisWorld) configure(with ...string) {
	w.t.Helper()
	w.applySample(with...)
	w.slipway("password\n", "secret", "set", "artifactory")
	for _, name := range []string{"internaldeployer", "productiondeployer", "stella"} {
		w.slipway(phrase+name+"\n", "user", "password", name, "--password-stdin")
	}
	w.addHost()
}

func (w *iisWorld) addHost() {
	w.t.Helper()
	w.slipway("", "target", "add", "win-1", "--local", w.host.home, "--role", "web", "--environment", "Dev", "--environment", "Test", "--environment", "Prod")
}

// applySample applies the example project with this test's feed; each text is replaced by the one that follows it, and must be there.
func (w *iisWorld) applySample(with ...string) {
	w.t.Helper()
	w.slipway("", "apply", w.sample(with...), "--owner", "tutorials", "--yes")
}

func (w *iisWorld) sample(with ...string) string {
	w.t.Helper()
	dir := filepath.Join(w.t.TempDir(), "random-quotes-iis")
	must(w.t, os.CopyFS(dir, os.DirFS(iisSample)))
	file := filepath.Join(dir, "slipway.yaml")
	text, err := os.ReadFile(file)
	must(w.t, err)
	with = append([]string{sampleFeed, w.feed.URL}, with...)
	for i := 0; i < len(with); i += 2 {
		if !strings.Contains(string(text), with[i]) {
			w.t.Fatalf("the example has no %q any more", with[i])
		}
	}
	must(w.t, os.WriteFile(file, []byte(strings.NewReplacer(with...).Replace(string(text))), 0o600))
	return dir
}

// as is the same world for somebody else, who signs in.
func (w *iisWorld) as(name string) *world {
	w.t.Helper()
	var key rest.NewKey
	_, err := w.ask("POST", "/v1/login", rest.Login{Username: name, Password: phrase + name, Purpose: "the tutorial"}, &key)
	must(w.t, err)
	same := *w.world
	same.key = key.Secret
	return &same
}

// ordered tries to deploy and gives the answer's status and words.
func (w *world) ordered(release, environment string) (int, string) {
	w.t.Helper()
	status, err := w.ask("POST", "/v1/deployments", map[string]string{"project": iisProject, "release": release, "environment": environment}, nil)
	return status, fmt.Sprint(err)
}

// signedOff lets a deployment wait for its sign-off, and a stakeholder give it.
func (w *iisWorld) signedOff(id string) rest.Deployment {
	w.t.Helper()
	w.waitsForPeople(id)
	w.as("stella").slipway("", "approve", id, "--note", "it meets all the requirements")
	return w.ends(id, pipelines.Succeeded)
}

func (w *world) waitsForPeople(id string) {
	w.t.Helper()
	w.until(id+" waiting for a person", 60*time.Second, func() bool {
		d := w.deployment(id)
		if d.Ended {
			w.t.Fatalf("%s is %s (%s) and asked nobody; its log:\n%s", id, d.Status, d.Message, w.log(id))
		}
		return d.Status == pipelines.Waiting
	})
}

// mails is how many mails with the subject were sent.
func (w *world) mails(subject string) int {
	w.t.Helper()
	var all []rest.HeldMail
	w.get("/v1/mail", &all)
	n := 0
	for _, m := range all {
		if m.Subject == subject {
			n++
		}
	}
	return n
}

// installed is the folder of a version in an environment.
func (w *iisWorld) installed(environment, version string) string {
	return filepath.Join(w.host.home, "Applications", environment, "RandomQuotes", version)
}

// serves looks at what IIS has for an environment: the site's own listing, pool, folder and ways of signing in.
func (w *iisWorld) serves(site, environment, folder string) {
	w.t.Helper()
	listed := w.host.appcmd("list", "site", site)
	if want := "bindings:http/*:" + iisPorts[environment] + ":,state:Started)"; !strings.HasPrefix(listed, `SITE "`+site+`" (id:`) || !strings.HasSuffix(listed, want) {
		w.t.Errorf("appcmd list site = %q, want %q with %s", listed, site, want)
	}
	for what, got := range map[string][2]string{
		"pool of the site":    {w.host.appcmd("list", "app", site+"/"), fmt.Sprintf("APP %q (applicationPool:%s)", site+"/", site)},
		"pool":                {w.host.appcmd("list", "apppool", site), fmt.Sprintf("APPPOOL %q (MgdVersion:v4.0,MgdMode:Integrated,state:Started)", site)},
		"folder":              {w.host.folder(site), folder},
		"ways of signing in":  {w.host.logins(site), "anonymous"},
		"Web.config's change": {w.read(filepath.Join(folder, "Web.config")), w.webConfig(environment)},
	} {
		if got[0] != got[1] {
			w.t.Errorf("%s of %s = %q, want %q", what, site, got[0], got[1])
		}
	}
}

// webConfig is the package's, with nothing but the one value changed: byte order mark, line ends, comments and blanks are as they were.
func (w *iisWorld) webConfig(environment string) string {
	w.t.Helper()
	text := w.read(filepath.Join(aspnetSource, "Web.config"))
	const before = `key="EnvironmentName"   value="DEV"`
	if !strings.HasPrefix(text, "\ufeff") || strings.Count(text, "\r\n") != strings.Count(text, "\n") || !strings.Contains(text, before) {
		w.t.Fatalf("the package's Web.config is not what this test is about:\n%q", text)
	}
	return strings.Replace(text, before, strings.Replace(before, "DEV", environment, 1), 1)
}

func (w *world) read(file string) string {
	w.t.Helper()
	b, err := os.ReadFile(file)
	must(w.t, err)
	return string(b)
}

func (w *world) write(file string, content []byte) {
	w.t.Helper()
	must(w.t, os.WriteFile(file, content, 0o600))
}

func (w *world) removed(file string) {
	w.t.Helper()
	must(w.t, os.Remove(file))
}

func (w *world) fileThere(path string) bool {
	w.t.Helper()
	_, err := os.Stat(path)
	return err == nil
}

// shows checks that one of our pages has these words; characters that HTML writes otherwise are not among them.
func (w *world) shows(path string, words ...string) {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.url+path, nil)
	must(w.t, err)
	req.Header.Set("X-Slipway-ApiKey", w.key)
	answer, err := http.DefaultClient.Do(req)
	must(w.t, err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	must(w.t, err)
	wants(w.t, path, string(b), words...)
}

// matching are the lines of a text that match.
func matching(text, pattern string) []string {
	return regexp.MustCompile("(?m)"+pattern+".*$").FindAllString(text, -1)
}
