package aws

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/hosts"
)

var ports = map[string]int{"Dev": 8081, "Test": 8082, "Prod": 8083}

// TestTutorial goes from an upload to a running site in three environments, once with processes that live as Lambda lets them, once with
// a process killed after each event, once with the bucket telling through EventBridge and every batch of the stream coming twice.
func TestTutorial(t *testing.T) {
	beside(t)
	variants := map[string]Variant{"killed after each event": {KillAfterEach: true}} // which goes through all that the plain one does
	if measuring() {                                                                 // the others are for the run that has the time
		variants["plain"] = Variant{}
		variants["bridged and twice"] = Variant{Bridge: true, StreamTwice: true}
	}
	for name, v := range variants {
		t.Run(name, func(t *testing.T) { tutorial(t, v) })
	}
}

func tutorial(t *testing.T, v Variant) {
	h := hosts.Need(t).Up(t, "web-1")
	v.Host = h
	w := newWorld(t, v)
	if measuring() && w.Prepared > 60*time.Second {
		t.Errorf("the stack was ready after %s, want at most 60 s", w.Prepared)
	}
	w.slipway("", "apply", "../../pipelines/textform/samples/random-quotes", "--yes")
	w.target(h, "web-1", "mi-0123456789abcdef0", "web", "Dev", "Test", "Prod")
	rows := &table{stack: w.Stack}

	// Dev deploys by itself.
	rows.begin()
	w.copyToBucket(w.pack("1.0.1"), "packages/from ci+nightly/RandomQuotes.1.0.1.nupkg")
	dev := w.newest("Random Quotes")
	w.becomes(dev, pipelines.Succeeded)
	rows.end("upload and Dev")
	w.site(h, "Dev")
	wants(t, "log", w.log(dev), "NGINX: configuration tested and loaded", "Creating RandomQuotes-Dev systemd service configuration")

	if _, problems, code := w.try("", "deploy", "Random Quotes", "1.0.1", "Prod"); code == 0 || !strings.Contains(problems, "phase Test needs 1 success") {
		t.Errorf("Prod before Test = %d %s", code, problems)
	}
	for environment, who := range map[string]string{"Test": "stella"} {
		w.promote(rows, h, environment, who)
	}
	w.promote(rows, h, "Prod", "omar")
	for environment := range ports {
		w.site(h, environment)
	}
	for _, sent := range w.SSM.History() {
		b, err := json.Marshal(sent)
		must(t, err)
		if strings.Contains(string(b), "unicorn") || strings.Contains(string(b), "BEGIN") {
			t.Errorf("what Systems Manager keeps shows what was run: %.300s", b)
		}
	}
	rows.print(t)
}

// promote deploys to an environment by command line and has somebody sign off.
func (w *world) promote(rows *table, h *hosts.Host, environment, who string) {
	w.t.Helper()
	rows.begin()
	w.slipway("", "deploy", "Random Quotes", "1.0.1", environment)
	id := w.deployments("Random Quotes")[0].ID
	w.becomes(id, pipelines.Waiting)
	w.site(h, environment)
	w.signOff(id, environment, who, "approve")
	d := w.becomes(id, pipelines.Succeeded)
	rows.end(environment)
	text := w.mailTo("team@example.org", "Random quotes deployment status")
	wants(w.t, "status mail", text, "StepName: Deploy web app to Nginx\nStatus: Succeeded", "StepName: Deployment Sign Off\nStatus: Succeeded")
	if d.Cost == nil || d.Cost.Dollars <= 0 || d.Cost.Prices == "" {
		w.t.Errorf("%s says it cost %+v, want counted calls times a price table", id, d.Cost)
	}
}

// site waits until the application answers from outside with the environment's name.
func (w *world) site(h *hosts.Host, environment string) {
	w.t.Helper()
	var quote struct{ EnvironmentName, AppVersion string }
	w.until("the site of "+environment, 20*time.Second, func() bool {
		res, err := (&http.Client{Timeout: 2 * time.Second}).Get(h.URL(ports[environment], "/api/quote"))
		if err != nil {
			return false
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		return json.Unmarshal(b, &quote) == nil && quote.EnvironmentName == environment
	})
	if quote.AppVersion != "1.0.1" {
		w.t.Errorf("%s runs version %s", environment, quote.AppVersion)
	}
}

// TestTutorialOverSSH does the first stage with a host that is reached by SSH.
func TestTutorialOverSSH(t *testing.T) {
	beside(t)
	h := hosts.Need(t).Up(t, "web-1")
	w := newWorld(t, Variant{Host: h})
	w.slipway("", "apply", "../../pipelines/textform/samples/random-quotes", "--yes")
	w.slipway("", "target", "add", "web-1", "--ssh", h.User+"@"+h.Addr, "--key-file", h.KeyFile, "--host-key", h.HostKey, "--role", "web", "--environment", "Dev", "--environment", "Test", "--environment", "Prod")
	rows := &table{stack: w.Stack}
	rows.begin()
	w.copyToBucket(w.pack("1.0.1"), "packages/RandomQuotes.1.0.1.nupkg")
	w.becomes(w.newest("Random Quotes"), pipelines.Succeeded)
	rows.end("upload and Dev")
	w.site(h, "Dev")
	w.promote(rows, h, "Test", "stella")
	w.promote(rows, h, "Prod", "omar")
	for environment := range ports {
		w.site(h, environment)
	}
	if n := len(w.SSM.History()); n != 0 {
		t.Errorf("%d commands by Systems Manager", n)
	}
}
