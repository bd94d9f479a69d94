package feedserver_test

import (
	"bytes"
	"flag"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/test/feedserver"
)

var update = flag.Bool("update", false, "write the goldens")

func monday() time.Time { return time.Date(2024, time.March, 4, 9, 30, 0, 0, time.UTC) }

// get asks a path below the server and returns status and body, with the
// server's own address replaced.
func get(t *testing.T, s *feedserver.Server, url string, basic ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(basic) == 2 && basic[0] != "" {
		req.SetBasicAuth(basic[0], basic[1])
	}
	return do(t, s, req)
}

func do(t *testing.T, s *feedserver.Server, req *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), "/")
	return resp.StatusCode, strings.ReplaceAll(string(body), host, "artifactory.example:8081")
}

func put(t *testing.T, s *feedserver.Server, url, field string, nupkg []byte, sign func(*http.Request)) (int, string) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile(field, "package.nupkg")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(nupkg)
	w.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, &form)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	sign(req)
	return do(t, s, req)
}

// The shape of the lists follows an answer of Artifactory 7 to FindPackagesById
// and one of Artifactory 3 to a single package, both posted with reports to
// makers of clients; the properties are those of nuget.org's v2 feed. The v3
// documents follow Microsoft's description of the protocol, with the addresses
// that Artifactory's logs and clients show.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := feedserver.Start(t, feedserver.Options{PageSize: 2, Now: monday})
	for _, version := range []string{"1.0.9", "1.0.10", "1.0.11-beta.1"} {
		if err := s.Add(feedserver.Nupkg(t, "RandomQuotes", version, map[string]string{"Web.config": "<configuration/>"})); err != nil {
			t.Fatal(err)
		}
	}
	s.Unlist("randomquotes", "1.0.9")
	v3 := strings.TrimSuffix(s.V3URL, "/index.json")
	for name, url := range map[string]string{
		"root":             s.URL,
		"find-first-page":  s.URL + "/FindPackagesById()?id='randomquotes'&semVerLevel=2.0.0",
		"find-second-page": s.URL + "/FindPackagesById()?id='randomquotes'&semVerLevel=2.0.0&$skip=2",
		"find-unknown":     s.URL + "/FindPackagesById()?id='Nobody'",
		"single":           s.URL + "/Packages(Id='RandomQuotes',Version='1.0.10')",
		"v3-index":         s.V3URL,
		"v3-registration":  v3 + "/registration-semver2/randomquotes/index.json",
		"v3-page":          v3 + "/registration-semver2/randomquotes/page/1.json",
		"v3-versions":      v3 + "/v3-flatcontainer/randomquotes/index.json",
		"v3-query":         v3 + "/query?q=random",
	} {
		status, body := get(t, s, url)
		if status != http.StatusOK {
			t.Errorf("GET %s = %d: %s", url, status, body)
			continue
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if body != string(want) {
			t.Errorf("GET %s = \n%s\nwant\n%s", url, body, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := feedserver.Start(t, feedserver.Options{User: "admin", Password: "pa:ss", Now: monday})
	if err := s.Add(feedserver.Nupkg(t, "RandomQuotes", "1.0.0", map[string]string{"a": "b"})); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		question, user, password string
		status                   int
		says                     string
	}{
		{"", "", "", 401, "Authentication is required"},
		{"", "admin", "wrong", 401, "Bad credentials"},
		{"", "admin", "pa:ss", 200, "Packages"},
		{"/FindPackagesById()", "admin", "pa:ss", 404, "Not Found"},
		{"/Search()?searchTerm='nobody'", "admin", "pa:ss", 404, "Not Found"},
		{"/Search()?searchTerm='random'", "admin", "pa:ss", 200, "<d:Version>1.0.0<"},
		{"/Packages()/$count", "admin", "pa:ss", 200, "1"},
		{"/Packages(Id='RandomQuotes',Version='2.0')", "admin", "pa:ss", 404, "Unable to find package 'RandomQuotes'"},
		{"/Packages(Id='RandomQuotes',Version='1.0.0.0')", "admin", "pa:ss", 200, "<entry"},
		{"/Packages()?$filter=(tolower(Id)%20eq%20'x')%20and%20true", "admin", "pa:ss", 405, "Method Not Allowed"},
		{"/Download/RandomQuotes/3.0", "admin", "pa:ss", 404, "Unable to find NuPkg 'RandomQuotes-3.0' in 'NuGet'"},
	} {
		status, body := get(t, s, s.URL+c.question, c.user, c.password)
		if status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("GET %s as %s = %d %s, want %d %s", c.question, c.user, status, body, c.status, c.says)
		}
	}
}

func TestPush(t *testing.T) {
	t.Parallel()
	s := feedserver.Start(t, feedserver.Options{User: "admin", Password: "password", Now: monday})
	nupkg := feedserver.Nupkg(t, "RandomQuotes", "1.0.0", map[string]string{"a": "b"})
	key := func(k string) func(*http.Request) {
		return func(req *http.Request) { req.Header.Set("X-NuGet-ApiKey", k) }
	}
	basic := func(req *http.Request) { req.SetBasicAuth("admin", "password") }
	for _, c := range []struct {
		name, below, field string
		content            []byte
		sign               func(*http.Request)
		status             int
		says               string
	}{
		{"without a key", "/", "package", nupkg, key(""), 401, "Authentication is required"},
		{"with a wrong key", "/", "package", nupkg, key("admin:wrong"), 401, "Bad credentials"},
		{"in another field", "/", "file", nupkg, key("admin:password"), 400, "Unable to find 'package' field in request form data."},
		{"not a package", "/", "package", []byte("no zip"), basic, 400, "zip"},
		{"with a key", "/", "package", nupkg, key("admin:password"), 201, "Successfully published NuPkg to: RandomQuotes.1.0.0.nupkg"},
		{"twice", "/", "package", nupkg, basic, 409, "Package already exist: RandomQuotes.1.0.0.nupkg"},
		{"into a folder", "/team/x", "package", feedserver.Nupkg(t, "RandomQuotes", "1.0.1", map[string]string{"a": "b"}), basic, 201, "to: team/x/RandomQuotes.1.0.1.nupkg"},
	} {
		status, body := put(t, s, s.URL+c.below, c.field, c.content, c.sign)
		if status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("push %s = %d %s, want %d %s", c.name, status, body, c.status, c.says)
		}
	}
	if _, body := get(t, s, s.URL+"/FindPackagesById()/$count?id='randomquotes'", "admin", "password"); body != "2" {
		t.Errorf("after the pushes the feed counts %s versions, want 2", body)
	}
}
