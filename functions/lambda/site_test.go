package lambda

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/bolttable"
	"slipway/runner/catalog"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/heldmail"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/tasklog"
	"slipway/runner/views"
	"slipway/web"
	"slipway/web/credentials"
	"slipway/web/signin"
)

const sitePassword = "a lantern by the quay"

// realSite is the web half of a server on real stores, with an admin and a project, at a standing clock so that asking
// twice gives the same page.
func realSite(t *testing.T) (site func(base string) http.Handler, key string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := time.Now()
	e := env.Env{Now: func() time.Time { return at }, Random: rand.Reader}
	dir := t.TempDir()
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	must(err)
	t.Cleanup(func() { _ = table.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(err)
	box := heldmail.New(store)
	keeper, err := keyfilesecrets.Create(filepath.Join(dir, "key"), e.Random)
	must(err)
	rec, output, passwords := records.New(table, store), tasklog.New(store), credentials.NewPasswords(e.Random, 2)
	changes := &catalog.Catalog{Records: rec, Types: steps.Types(), Env: e, Sealer: keeper, HashPassword: passwords.Hash}
	admin, err := changes.FirstAdminHere(t.Context(), pipelines.User{Username: "admin"}, sitePassword)
	must(err)
	key, hash, err := credentials.NewKey(e.Random)
	must(err)
	must(rec.Write(t.Context(), records.AddAPIKey(records.APIKey{ID: hash[:8], Hash: hash, UserID: admin.ID, Purpose: "test"})...))
	temp := t.TempDir()
	return func(base string) http.Handler {
		return web.New(web.Settings{
			Requests: &requests.Requests{Records: rec, Blobs: store, Wake: asleep{}, Types: steps.Types(), Env: e}, Catalog: changes,
			Views:  &views.Views{Records: rec, Output: output, Env: e},
			SignIn: &signin.SignIn{Records: rec, Passwords: passwords, Env: e, Secure: true}, HeldMail: box,
			BaseURL: base, Version: "1.2.3", Now: e.Now, TempDir: temp, Log: slog.New(slog.DiscardHandler),
		})
	}, key
}

// asleep hears of deployments and does nothing.
type asleep struct{}

func (asleep) Wake(context.Context, string) error { return nil }

// call is one request of the tour.
type call struct {
	method, path, body string
	header             map[string]string
}

// got is what came back, whichever the way.
type got struct {
	status  int
	header  http.Header
	cookies []string
	body    string
}

const siteHost = "k7q2.lambda-url.eu-central-1.on.aws"

// asEvent is the call as AWS hands it over, in either format.
func asEvent(t *testing.T, c call, format kind) []byte {
	t.Helper()
	path, query, _ := strings.Cut(c.path, "?")
	headers, cookies := map[string]string{"host": siteHost}, []string(nil)
	for name, value := range c.header {
		if name == "Cookie" && format == httpTwo {
			cookies = strings.Split(value, "; ")
			continue
		}
		headers[strings.ToLower(name)] = value
	}
	event := map[string]any{"headers": headers}
	if c.body != "" {
		event["body"], event["isBase64Encoded"] = base64.StdEncoding.EncodeToString([]byte(c.body)), true
	}
	if format == httpTwo {
		event["version"], event["rawPath"], event["rawQueryString"], event["cookies"] = "2.0", path, query, cookies
		event["requestContext"] = map[string]any{"domainName": siteHost, "stage": "$default", "http": map[string]any{"method": c.method, "path": path, "sourceIp": "203.0.113.9"}}
	} else {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		event["httpMethod"], event["path"], event["multiValueQueryStringParameters"] = c.method, path, values
		event["requestContext"] = map[string]any{"domainName": siteHost, "path": path, "identity": map[string]any{"sourceIp": "203.0.113.9"}}
	}
	b, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// throughLambda sends the call as an event and reads the answer as a gateway would.
func throughLambda(t *testing.T, h *Handler, c call, format kind) got {
	t.Helper()
	raw, err := h.Invoke(t.Context(), asEvent(t, c, format))
	if err != nil {
		t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	if len(raw) > mostAnswer {
		t.Errorf("%s %s: an answer of %d bytes, more than Lambda takes", c.method, c.path, len(raw))
	}
	var answer struct {
		StatusCode        int
		Headers           map[string]string
		MultiValueHeaders http.Header
		Cookies           []string
		Body              string
		IsBase64Encoded   bool
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%s %s: %v in %s", c.method, c.path, err, raw)
	}
	g := got{status: answer.StatusCode, header: http.Header{}, cookies: answer.Cookies, body: answer.Body}
	for name, value := range answer.Headers {
		g.header.Set(name, value)
	}
	for name, values := range answer.MultiValueHeaders {
		g.header.Set(name, strings.Join(values, ", "))
		if name == "Set-Cookie" {
			g.cookies = values
			g.header.Del(name)
		}
	}
	if answer.IsBase64Encoded {
		b, err := base64.StdEncoding.DecodeString(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		g.body = string(b)
	}
	return g
}

// directly asks a net/http server over a connection.
func directly(t *testing.T, server *httptest.Server, c call) got {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = siteHost
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	// A client that asks for no compression by itself, as a function's caller does.
	plain := server.Client().Transport.(*http.Transport).Clone()
	plain.DisableCompression = true
	client := &http.Client{Transport: plain, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	g := got{status: w.StatusCode, header: http.Header{}, cookies: w.Header.Values("Set-Cookie"), body: string(body)}
	for name, values := range w.Header {
		g.header.Set(name, strings.Join(values, ", "))
	}
	return g
}

// changing is what differs from call to call and says nothing.
var changing = regexp.MustCompile(`"reference":"[0-9a-f]+"|slipway=[^;]+`)

// comparable leaves out what the server or the gateway adds by itself.
func (g got) comparable() string {
	for _, name := range []string{"Date", "Content-Length", "Set-Cookie", "Connection", "Transfer-Encoding"} {
		g.header.Del(name)
	}
	text := fmt.Sprintf("%d\n", g.status)
	for _, name := range slices.Sorted(maps.Keys(g.header)) {
		text += fmt.Sprintf("%s: %s\n", name, g.header.Get(name))
	}
	return changing.ReplaceAllString(text+fmt.Sprintf("cookies %q\n\n%s", g.cookies, g.body), "…")
}

func packaged(t *testing.T, size int) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, content []byte) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	noise := make([]byte, size)
	_, _ = rand.Read(noise)
	add("noise.bin", noise)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const siteConfiguration = `{"folder": "test", "environments": [{"name": "Dev"}, {"name": "Test"}],
	"targets": [{"name": "web 1/a", "environments": ["Dev", "Test"], "roles": ["web"], "pretend": "x"}],
	"projects": [{"name": "Random Quötes", "steps": [{"name": "Say", "roles": ["web"], "action": {"type": "script", "settings": {"body": "echo hello"}}}]}]}`

// The same site answers the same, over a connection and as events of either format.
func TestRealSiteRoundTrip(t *testing.T) {
	t.Parallel()
	site, key := realSite(t)
	server := httptest.NewTLSServer(site("https://" + siteHost))
	defer server.Close()
	h := NewHandler(Doors{HTTP: site}, Settings{})
	api := map[string]string{"X-Slipway-ApiKey": key}
	same := func(c call) got {
		t.Helper()
		want := directly(t, server, c)
		for _, format := range []kind{httpTwo, httpOne} {
			if g := throughLambda(t, h, c, format); g.comparable() != want.comparable() {
				t.Errorf("%s %s in format %d: got\n%.2000s\nwant\n%.2000s", c.method, c.path, format, g.comparable(), want.comparable())
			}
		}
		return want
	}
	wants := func(status int, c call) got {
		t.Helper()
		g := same(c)
		if g.status != status {
			t.Errorf("%s %s: %d, want %d: %.500s", c.method, c.path, g.status, status, g.body)
		}
		return g
	}
	small, large := packaged(t, 1000), packaged(t, 5<<20)
	for _, c := range []call{{"POST", "/v1/apply", siteConfiguration, api}, {"PUT", "/v1/packages/Noise.1.0.0.zip", small, api}} {
		if g := throughLambda(t, h, c, httpTwo); g.status != 200 {
			t.Fatalf("%s %s: %d %s", c.method, c.path, g.status, g.body)
		}
		wants(200, c) // a second time changes nothing, so that the answers can be compared
	}
	if g := directly(t, server, call{"PUT", "/v1/packages/Noise.1.0.1.zip", large, api}); g.status != 200 {
		t.Fatalf("a large package: %d %s", g.status, g.body)
	}

	// Sign in through Lambda, then look around with the cookie.
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://" + siteHost, "Sec-Fetch-Site": "same-origin"}
	signIn := call{"POST", "/signin", url.Values{"name": {"admin"}, "password": {sitePassword}, "next": {"/packages"}}.Encode(), form}
	in := throughLambda(t, h, signIn, httpTwo)
	if in.status != http.StatusSeeOther || in.header.Get("Location") != "/packages" || len(in.cookies) == 0 || !strings.Contains(in.cookies[0], "Secure") {
		t.Fatalf("sign in: %d to %q with %q: %s", in.status, in.header.Get("Location"), in.cookies, in.body)
	}
	cookie, _, _ := strings.Cut(in.cookies[0], ";")
	person := map[string]string{"Cookie": cookie + "; other=1"}
	with := func(name, value string) map[string]string {
		m := maps.Clone(person)
		m[name] = value
		return m
	}
	for _, c := range []struct {
		status int
		call
	}{
		{200, call{"GET", "/", "", person}},
		{200, call{"GET", "/packages", "", person}},
		{200, call{"GET", "/packages/Noise", "", person}},
		{200, call{"GET", "/projects/Projects-1", "", person}},
		{200, call{"GET", "/projects/Random%20Qu%C3%B6tes", "", person}},
		{200, call{"GET", "/targets", "", person}},
		{200, call{"GET", "/people", "", person}},
		{200, call{"GET", "/keys", "", person}},
		{200, call{"GET", "/mail", "", person}},
		{204, call{"GET", "/live?rev=x", "", nil}},
		{200, call{"GET", "/live?rev=x", "", with("Hx-Request", "true")}},
		{200, call{"HEAD", "/packages", "", person}},
		{404, call{"GET", "/projects/Nothing%2Fhere%20", "", person}},
		{404, call{"GET", "/nowhere?a=%20b&c", "", person}},
		{405, call{"DELETE", "/packages", "", person}},
		{303, call{"GET", "/people?x=1&y=%26", "", nil}},
		{200, call{"GET", "/signin?next=%2Fpeople%3Fx%3D1", "", nil}},
		{303, call{"GET", "/signin", "", person}},
		{401, call{"POST", "/signin", "name=admin&password=wrong+wrong+wrong", form}},
		{403, call{"POST", "/signin", "name=admin&password=x", map[string]string{"Content-Type": form["Content-Type"], "Origin": "https://evil.example"}}},
		{413, call{"POST", "/signin", "name=" + strings.Repeat("x", 2<<20), form}},
		{200, call{"GET", "/static/slipway.css?v=x", "", nil}},
		{200, call{"GET", "/static/icon.svg", "", map[string]string{"Accept-Encoding": "gzip"}}},
		{206, call{"GET", "/static/slipway.css", "", map[string]string{"Range": "bytes=0-99"}}},
		{416, call{"GET", "/static/slipway.css", "", map[string]string{"Range": "bytes=99999999-"}}},
		{404, call{"GET", "/static/nothing.css", "", nil}},
		{200, call{"GET", "/v1/version", "", nil}},
		{401, call{"GET", "/v1/me", "", nil}},
		{200, call{"GET", "/v1/me", "", api}},
		{400, call{"POST", "/v1/apply", "{", api}},
		{409, call{"PUT", "/v1/packages/Noise.1.0.0.zip", packaged(t, 1001), api}},
		{404, call{"GET", "/v1/projects/N%C3%B6thing/releases", "", api}},
	} {
		if c.path == "/live?rev=x" && c.header == nil {
			c.status = 303 // nobody
		}
		wants(c.status, c.call)
	}
}

// Bodies come back as the very bytes, whatever they are, and as much of them as Lambda takes.
func TestBodies(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 3<<20)
	_, _ = rand.Read(noise)
	for _, c := range []struct {
		name, body string
		header     map[string]string
		packed     bool
		status     int
	}{
		{"text", "<p>ü & \u2028 \"quoted\" \x00</p>", nil, false, 200},
		{"empty", "", nil, false, 200},
		{"no UTF-8", "caf\xe9", nil, true, 200},
		{"noise", string(noise), nil, true, 200},
		{"gzip", "looks like text", map[string]string{"Content-Encoding": "gzip"}, true, 200},
		{"large text", strings.Repeat("<a>", 1<<20), nil, false, 200},
		{"text that grows when written as JSON", strings.Repeat("\"", 4<<20), nil, false, 413},
		{"too large for base64", strings.Repeat(string(noise), 2)[:5<<20], nil, true, 413},
		{"too large at all", strings.Repeat("x", 7<<20), nil, false, 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := NewHandler(Doors{HTTP: func(string) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					for name, value := range c.header {
						w.Header().Set(name, value)
					}
					_, err := io.WriteString(w, c.body)
					if err != nil && c.status != http.StatusRequestEntityTooLarge {
						t.Error(err)
					}
				})
			}}, Settings{})
			for _, format := range []kind{httpTwo, httpOne} {
				g := throughLambda(t, h, call{method: "GET", path: "/v1/x"}, format)
				switch {
				case g.status != c.status:
					t.Errorf("status %d, want %d", g.status, c.status)
				case c.status == http.StatusOK && g.body != c.body:
					t.Errorf("%d bytes came back of %d, or others", len(g.body), len(c.body))
				case c.status != http.StatusOK && (!strings.Contains(g.body, `"code":"invalid"`) || !strings.Contains(g.body, "6 MB") || !strings.HasPrefix(g.header.Get("Content-Type"), "application/json")):
					t.Errorf("refused with %q %.300s, want the limit as JSON", g.header, g.body)
				}
				if g := throughLambda(t, h, call{method: "HEAD", path: "/v1/x"}, format); g.status != 200 || g.body != "" {
					t.Errorf("HEAD: %d with %d bytes", g.status, len(g.body))
				}
			}
		})
	}
}

// A handler that panics, or breaks off as net/http has it, ends one request and not the function.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	for _, p := range []any{"boom", http.ErrAbortHandler} {
		h := NewHandler(Doors{HTTP: func(string) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Set-Cookie", "half=1")
				io.WriteString(w, "half a page")
				panic(p)
			})
		}}, Settings{})
		g := throughLambda(t, h, call{method: "GET", path: "/"}, httpTwo)
		if g.status != http.StatusInternalServerError || strings.Contains(g.body, "half") || len(g.cookies) != 0 {
			t.Errorf("%v: %d %q %s, want 500 and nothing of the half page", p, g.status, g.cookies, g.body)
		}
	}
}

// A site is made once for each address, or once for the one that is set.
func TestSiteOfTheAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ set, want string }{{"", "https://" + siteHost}, {"https://deploy.example.org/x", "https://deploy.example.org/x"}} {
		var made []string
		h := NewHandler(Doors{HTTP: func(base string) http.Handler {
			made = append(made, base)
			return http.NotFoundHandler()
		}}, Settings{BaseURL: c.set})
		for range 3 {
			throughLambda(t, h, call{method: "GET", path: "/", header: map[string]string{"Host": "evil.example"}}, httpTwo)
		}
		if len(made) != 1 || made[0] != c.want {
			t.Errorf("with %q set, sites were made for %q, want one for %q", c.set, made, c.want)
		}
	}
}
