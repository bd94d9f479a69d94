package tutorials

import (
	"encoding/json"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/hosts"
)

// TestUploadReachesDev is the tutorial as far as a push alone carries it.
func TestUploadReachesDev(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")
	w := newWorld(t, time.Minute)
	w.slipway("", "apply", "../../pipelines/textform/samples/random-quotes", "--yes")
	w.slipway("", "target", "add", "web-1", "--ssh", h.User+"@"+h.Addr, "--key-file", h.KeyFile, "--host-key", h.HostKey, "--role", "web", "--environment", "Dev")
	site := fingerprint(t, h, "/etc/nginx/sites-enabled")
	w.pushFolder("RandomQuotes", "1.0.1", "randomquotes")
	id := w.newest("Random Quotes")
	w.ends(id, pipelines.Succeeded)

	var quote struct{ EnvironmentName, AppVersion, Quote string }
	status, body := page(h, 8081, "/api/quote")
	if status != 200 || json.Unmarshal([]byte(body), &quote) != nil || quote.EnvironmentName != "Dev" || quote.Quote == "" {
		t.Errorf("/api/quote = %d %s, want a quote from Dev", status, body)
	}
	if status, body := page(h, 8081, "/"); status != 200 {
		t.Errorf("/ = %d %s, want the package's page", status, body)
	}
	if got := h.Exec(t, "systemctl show -p ActiveState,NRestarts RandomQuotes-Dev"); got != "NRestarts=0\nActiveState=active" {
		t.Errorf("the application's service: %s", got)
	}
	if fingerprint(t, h, "/etc/nginx/sites-enabled") != site {
		t.Error("sites-enabled is not what it was")
	}
	wants(t, "log", w.log(id), "Creating RandomQuotes-Dev systemd service configuration", "up: RandomQuotes-Dev")
}
