package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/web/rest"
)

// relayed is a relay in front of a server, on a port of its own.
type relayed struct {
	t      *testing.T
	server *signingServer
	relay  *relay
	temp   string
	url    string
}

func newRelayed(t *testing.T, change func(*relaying), local bool) *relayed {
	t.Helper()
	r := &relayed{t: t, server: newSigningServer(t), temp: t.TempDir()}
	s := somebody(t, r.server)
	p := &program{transport: http.DefaultTransport}
	v := relaying{temp: r.temp}
	if change != nil {
		change(&v)
	}
	r.relay = newRelay(p.newClient(s.env["SLIPWAY_URL"], "API-TEST"), v, local)
	front := httptest.NewServer(r.relay)
	t.Cleanup(front.Close)
	r.url = front.URL
	return r
}

// send makes a request and gives status and body.
func (r *relayed) send(method, path string, header http.Header, body io.Reader) (int, string) {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, body)
	must(r.t, err)
	for name, values := range header {
		q.Header[name] = values
	}
	if host := header.Get("Host"); host != "" {
		q.Host = host
	}
	answer, err := http.DefaultClient.Do(q)
	must(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(r.t, err)
	return answer.StatusCode, string(text)
}

// wants checks an answer, and that the relay keeps nothing.
func (r *relayed) wants(what string, status int, body string, wantStatus int, words string) {
	r.t.Helper()
	if status != wantStatus || !strings.Contains(body, words) {
		r.t.Errorf("%s: %d %s, want %d with %q", what, status, body, wantStatus, words)
	}
	left, err := os.ReadDir(r.temp)
	if err != nil || len(left) > 0 {
		r.t.Errorf("%s: left in the folder: %v, %v", what, left, err)
	}
}

var large = strings.Repeat("large ", 1<<20)

func TestRelayTakesPackages(t *testing.T) {
	t.Parallel()
	r := newRelayed(t, nil, true)
	status, body := r.send("PUT", "/v1/packages/Big.1.0.0.zip", http.Header{"X-Octopus-Apikey": {"API-CALLER"}}, strings.NewReader(large))
	r.wants("a large one", status, body, 200, `"releases":["1.0.0"]`)
	r.server.wants("a large one", "API-CALLER announces Big.1.0.0.zip, 6291456 bytes\nstore keeps 6291456 bytes, announced 6291456\nAPI-CALLER is done with Big.1.0.0.zip")
	var again rest.Received
	status, body = r.send("PUT", "/v1/packages/Big.1.0.0.zip", http.Header{"Authorization": {"Basic abc"}}, strings.NewReader(large))
	r.wants("again", status, body, 200, `"existed":true`)
	if err := json.Unmarshal([]byte(body), &again); err != nil || again.Package.ID != "Big" {
		t.Errorf("again: %s is no Received (%v)", body, err)
	}
	r.server.wants("again", "Basic abc announces Big.1.0.0.zip, 6291456 bytes")

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	must(t, w.WriteField("note", "not a file"))
	part, err := w.CreateFormFile("package", "Small.1.0.0.zip")
	must(t, err)
	_, err = part.Write([]byte("small"))
	must(t, err)
	must(t, w.Close())
	status, body = r.send("POST", "/v1/packages", http.Header{"Content-Type": {w.FormDataContentType()}}, &form)
	r.wants("a form", status, body, 200, `"sha256":"direct"`)
	r.server.wants("a form", "API-TEST puts /v1/packages/Small.1.0.0.zip, 5 bytes") // without a key it is the relay's
	status, body = r.send("PUT", "/v1/packages/Random%20Quotes.1.0.0.zip", nil, strings.NewReader(""))
	r.wants("nothing", status, body, 200, "")
	r.server.wants("nothing", "API-TEST puts /v1/packages/Random%20Quotes.1.0.0.zip, 0 bytes")
}

// Our own command line, too, sends what is large to the relay.
func TestPushToARelay(t *testing.T) {
	t.Parallel()
	r := newRelayed(t, nil, true)
	s := somebody(t, r.relay)
	s.env["SLIPWAY_API_KEY"] = "API-CALLER"
	s.types("push", bigFile(t, "Big.1.0.0.zip")).want(t, "push", 0, "Big 1.0.0")
	r.server.wants("push", "API-CALLER announces Big.1.0.0.zip, 6291456 bytes\nstore keeps 6291456 bytes, announced 6291456\nAPI-CALLER is done with Big.1.0.0.zip")
}

func TestRelayGivesBackRefusals(t *testing.T) {
	t.Parallel()
	r := newRelayed(t, func(v *relaying) { v.maxSize = 7 << 20 }, true)
	status, body := r.send("PUT", "/v1/packages/Big.1.0.0.zip", http.Header{"X-Slipway-Apikey": {"API-WRONG"}}, strings.NewReader(large))
	r.wants("a wrong key", status, body, 401, "sign in first")
	status, body = r.send("PUT", "/v1/packages/Clash.1.0.0.zip", nil, strings.NewReader(large))
	r.wants("other bytes", status, body, 409, `{"code":"conflict","message":"package Clash`)
	r.server.damage = strings.Repeat("0", 64)
	status, body = r.send("PUT", "/v1/packages/Big.1.0.0.zip", nil, strings.NewReader(large+"x"))
	r.wants("the store refuses", status, body, 409, "nothing is registered yet")
	status, body = r.send("PUT", "/v1/packages/Big.1.0.0.zip", nil, strings.NewReader(large+large))
	r.wants("too large", status, body, 413, "larger --max-size")
	status, body = r.send("PUT", "/v1/packages/Big.1.0.0.zip", nil, io.MultiReader(strings.NewReader(large), strings.NewReader(large))) // of unknown length
	r.wants("too large in the end", status, body, 413, "larger --max-size")
	status, body = r.send("POST", "/v1/packages", nil, strings.NewReader("x"))
	r.wants("no form", status, body, 400, "multipart/form-data")
	r.relay.to.base = "http://127.0.0.1:1"
	status, body = r.send("PUT", "/v1/packages/Small.1.0.0.zip", nil, strings.NewReader("x"))
	r.wants("no server", status, body, 502, "does not answer")
	if _, err := os.Stat("/dev/full"); err == nil {
		full := filepath.Join(t.TempDir(), "full") // a name that may be removed
		must(t, os.Symlink("/dev/full", full))
		r.relay.spool = func() (*os.File, error) { return os.OpenFile(full, os.O_RDWR, 0) }
		status, body = r.send("PUT", "/v1/packages/Small.1.0.0.zip", nil, strings.NewReader("x"))
		r.wants("a full disk", status, body, 507, "the relay cannot keep the upload in "+r.temp+" (write "+full+": no space left on device)")
	}
}

func TestRelayPassesTheRestOn(t *testing.T) {
	t.Parallel()
	r := newRelayed(t, nil, true)
	status, body := r.send("GET", "/v1/deployments?project=Random+Quotes&take=1", http.Header{"X-Slipway-Apikey": {"API-CALLER"}}, nil)
	host := strings.TrimPrefix(r.relay.to.base, "http://")
	r.wants("a question", status, body, 200, `{"here":"/v1/deployments?project=Random+Quotes\u0026take=1","host":"`+host+`"}`)
	r.server.wants("a question", "API-CALLER asks GET /v1/deployments?project=Random+Quotes&take=1")
	status, _ = r.send("GET", "/v1/packages/a%2Fb", nil, nil)
	r.wants("an escaped name", status, "", 200, "")
	r.server.wants("an escaped name", " asks GET /v1/packages/a%2Fb") // the relay's own key is for uploads
}

// A page in a browser on the build agent can reach the relay, too.
func TestRelayKeepsBrowsersOut(t *testing.T) {
	t.Parallel()
	r := newRelayed(t, nil, true)
	for _, header := range []http.Header{
		{"Host": {"evil.example:8481"}}, {"Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {"cross-site"}},
	} {
		status, body := r.send("PUT", "/v1/packages/Small.1.0.0.zip", header, strings.NewReader("x"))
		r.wants("a page of another site", status, body, 403, "")
	}
	r.server.wants("pages of other sites", "")
	remote := newRelayed(t, nil, false)
	status, body := remote.send("PUT", "/v1/packages/Small.1.0.0.zip", http.Header{"Host": {"agent.example:8481"}}, strings.NewReader("x"))
	remote.wants("from elsewhere without a key", status, body, 401, "send an API key")
	remote.server.wants("from elsewhere without a key", "")
	status, body = remote.send("PUT", "/v1/packages/Small.1.0.0.zip", http.Header{"Host": {"agent.example:8481"}, "X-Slipway-Apikey": {"API-CALLER"}}, strings.NewReader("x"))
	remote.wants("from elsewhere", status, body, 200, "direct")
}

func TestRelayStarts(t *testing.T) {
	t.Parallel()
	s := somebody(t, newSigningServer(t))
	s.types("relay", "--listen", "0.0.0.0:0").want(t, "for all", 1, "0.0.0.0:0 can be reached from other machines", "--allow-remote")
	s.types("relay", "--listen", ":0").want(t, "for all", 1, "--allow-remote")
	s.types("relay", "--listen", "8481").want(t, "a port alone", 1, "HOST:PORT")
	s.types("relay", "--temp", t.TempDir()+"/none").want(t, "no folder", 1, "another folder with --temp")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s.ctx = ended
	s.types("relay", "--listen", "127.0.0.1:0").want(t, "for this machine", 0, "packages for http://127.0.0.1:", "are taken at http://127.0.0.1:")
	s.types("relay", "--listen", "[::1]:0", "--json").want(t, "as JSON", 0, `"listen": "[::1]:`)
}
