package hosts_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"slipway/test/hosts"
)

const (
	application = "../tutorials/randomquotes"
	startScript = "../../pipelines/textform/samples/random-quotes/start-unicorn.sh"
)

// TestTheSampleApplicationRunsInThreeEnvironments does by hand what a deployment will do, so that when a deployment fails it is not
// the sample, its script or the host.
func TestTheSampleApplicationRunsInThreeEnvironments(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")
	environments := []struct {
		name string
		port int
	}{{"Dev", 8081}, {"Test", 8082}, {"Prod", 8083}}

	for _, e := range environments {
		folder := "/home/Octopus/Applications/" + e.name + "/RandomQuotes/1.0.1"
		unpack(t, h, application, folder)
		script := "set -e; cd " + folder + "\n" + evaluated(t, folder, e.name)
		if out, err := login(t, h, script); err != nil {
			t.Fatalf("the tutorial's script in %s: %v: %s", e.name, err, out)
		}
		h.Exec(t, fmt.Sprintf("cat >/etc/nginx/conf.d/RandomQuotes-%s.conf <<'EOF'\n%s\nEOF", e.name, site(e.port, folder)))
	}
	h.Exec(t, "nginx -t 2>/dev/null && nginx -s reload")

	check := func(when string) {
		for _, e := range environments {
			url := h.URL(e.port, "/api/quote")
			await(t, fmt.Sprintf("%s answers %s", url, when), func() bool { return listens(h.Addr, e.port) && status(t, url) == http.StatusOK })
			var quote struct{ Quote, Author, AppVersion, EnvironmentName string }
			if err := json.Unmarshal([]byte(get(t, url)), &quote); err != nil {
				t.Fatal(err)
			}
			if quote.EnvironmentName != e.name || quote.AppVersion != "1.0.1" || quote.Quote == "" || quote.Author == "" {
				t.Errorf("%s %s = %+v, want environment %s, version 1.0.1, a quote and its author", url, when, quote, e.name)
			}
			for _, page := range []string{"/", "/css/site.css", "/js/index.js"} {
				if status(t, h.URL(e.port, page)) != http.StatusOK {
					t.Errorf("GET %s %s is not 200", h.URL(e.port, page), when)
				}
			}
			if page := get(t, h.URL(e.port, "/")); !strings.Contains(page, "running in") {
				t.Errorf("the page in %s has no footer: %s", e.name, page)
			}
			unit := "RandomQuotes-" + e.name
			if got, want := h.Exec(t, "systemctl show -p ActiveState,NRestarts,User "+unit), "NRestarts=0\nUser=octopus\nActiveState=active"; got != want {
				t.Errorf("%s %s = %q, want %q", unit, when, got, want)
			}
			if got := h.Exec(t, "tr '\\0' ' ' </proc/$(systemctl show -P MainPID "+unit+")/cmdline"); !strings.Contains(got, "-E "+e.name) {
				t.Errorf("%s runs with %q, want -E %s", unit, got, e.name)
			}
		}
	}
	check("at first")
	h.Reboot(t)
	check("after a reboot")
}

// evaluated is the script with its expressions put in by hand.
func evaluated(t *testing.T, folder, environment string) string {
	t.Helper()
	script, err := os.ReadFile(startScript)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(
		`#{Octopus.Action[Deploy web app to Nginx].Package.PackageId | Replace "[^a-zA-Z0-9]" -}`, "RandomQuotes",
		`#{Octopus.Action[Deploy web app to Nginx].Output.Package.InstallationDirectoryPath | Replace "%" "%%"}`, folder,
		`#{Octopus.Action[Deploy web app to Nginx].Output.Package.InstallationDirectoryPath}`, folder,
		`#{Octopus.Environment.Name}`, environment,
	).Replace(string(script))
	if strings.Contains(text, "#{") {
		t.Fatalf("the script has an expression this test does not know:\n%s", text)
	}
	return text
}

func site(port int, folder string) string {
	return fmt.Sprintf(`server {
    listen %d;
    root %[2]s/lib/public;
    location = / { index index.html; }
    location / { try_files $uri @app; }
    location @app { proxy_pass http://unix:%[2]s/tmp/sockets/unicorn.sock; }
}`, port, folder)
}

// unpack copies a folder to the host as the deploying user, with no file executable: packages do not keep that.
func unpack(t *testing.T, h *hosts.Host, from, to string) {
	t.Helper()
	var all bytes.Buffer
	archive := tar.NewWriter(&all)
	if err := archive.AddFS(os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	client := connect(t, h)
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	session.Stdin = &all
	if out, err := session.CombinedOutput("mkdir -p " + to + " && tar -x --no-same-owner -C " + to + " && find " + to + " -type f -exec chmod 0644 {} +"); err != nil {
		t.Fatalf("unpack: %v: %s", err, out)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	// As a browser does it; the site above passes on no Host header, so that the two differ for the application.
	req.Header.Set("Referer", url)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s = %s, %v", url, res.Status, err)
	}
	return string(body)
}
