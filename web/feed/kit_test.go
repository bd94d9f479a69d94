package feed

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/steps"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/views"
	"slipway/web/credentials"
	"slipway/web/signin"
)

const base = "http://slipway.test/tools/deploy"

// shop is a feed over real stores in a temporary folder.
type shop struct {
	t       *testing.T
	feed    *Feed
	handler http.Handler
	records *records.Records
	temp    string
	key     string // of an admin
	nobody  string // of somebody without rights
}

type asleep struct{}

func (asleep) Wake(context.Context, string) error { return nil }

func newShop(t *testing.T) *shop {
	t.Helper()
	e := env.Env{Now: time.Now, Random: rand.Reader}
	dir := t.TempDir()
	file, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	must(t, err)
	t.Cleanup(func() { _ = file.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	kept := records.New(file, store)
	who := &signin.SignIn{Records: kept, Env: e}
	s := &shop{t: t, records: kept, temp: t.TempDir()}
	s.feed = &Feed{
		Requests: &requests.Requests{Records: kept, Blobs: store, Wake: asleep{}, Types: steps.Types(), Env: e},
		Views:    &views.Views{Records: kept, Env: e}, SignIn: who, Blobs: store, BaseURL: base, TempDir: s.temp, MaxPackage: 1 << 20,
		Gate: func(r *http.Request, needs pipelines.Permission) error {
			p, err := who.Who(r)
			if err != nil || p.AllowsAnywhere(needs) {
				return err
			}
			return p.Demand(needs, pipelines.Where{})
		},
		Fail: func(w http.ResponseWriter, _ *http.Request, err error) {
			t.Errorf("an error inside: %v", err)
			w.WriteHeader(http.StatusInternalServerError)
		},
	}
	s.handler = s.feed.Handler()
	s.key, s.nobody = s.user("admin", true), s.user("nobody", false)
	return s
}

// user makes one, with a key.
func (s *shop) user(name string, admin bool) string {
	s.t.Helper()
	changes, id, err := s.records.NewNoun(s.t.Context(), records.Users, name, func(id string, _ int) any {
		return pipelines.User{ID: id, Username: name, Admin: admin}
	})
	must(s.t, err)
	key, hash, err := credentials.NewKey(rand.Reader)
	must(s.t, err)
	must(s.t, s.records.Write(s.t.Context(), append(changes, records.AddAPIKey(records.APIKey{ID: hash[:8], Hash: hash, UserID: id, Purpose: "test"})...)...))
	return key
}

func (s *shop) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// get asks as the admin, by Basic.
func (s *shop) get(path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.SetBasicAuth("anybody", s.key)
	return s.send(r)
}

// text is the answer to a question that works.
func (s *shop) text(path string) string {
	s.t.Helper()
	w := s.get(path)
	if w.Code != 200 {
		s.t.Fatalf("GET %s: got %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// formWith is a package in the form that NuGet 2 sends: what ends it follows a bare
// line feed.
func formWith(name string, content []byte, tight bool) *http.Request {
	const boundary = "---------------------------8df489bb63d3e02"
	end := "\r\n--" + boundary + "--\r\n"
	if tight {
		end = "\n--" + boundary + "--"
	}
	body := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"package\"; filename=\"" + name + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + string(content) + end
	r := httptest.NewRequest("PUT", "/nuget/packages/", strings.NewReader(body))
	r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	return r
}

func (s *shop) push(content []byte) *httptest.ResponseRecorder {
	r := formWith("package", content, true)
	r.Header.Set(keyHeader, s.key)
	return s.send(r)
}

// stored are the ids and versions that are registered.
func (s *shop) stored(id string) string {
	s.t.Helper()
	all, err := s.records.Packages(s.t.Context(), id)
	must(s.t, err)
	var out []string
	for _, p := range all {
		out = append(out, p.Version)
	}
	left, err := os.ReadDir(s.temp)
	if err != nil || len(left) > 0 {
		s.t.Errorf("left of the uploads: %v, %v; want nothing", left, err)
	}
	return strings.Join(out, " ")
}

// shelve registers versions without any bytes.
func (s *shop) shelve(id string, versions ...string) {
	s.t.Helper()
	for len(versions) > 0 {
		n := min(len(versions), 40)
		var changes []records.Change
		for _, v := range versions[:n] {
			changes = append(changes, records.AddPackage(pipelines.Package{
				ID: id, Version: v, Format: packagefile.Nupkg, SHA256: strings.Repeat("0a", 32), Size: 7, Notes: "1 < 2 & \x01 3",
				Arrived: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
			})[:1]...)
		}
		changes = append(changes, records.AddPackage(pipelines.Package{ID: id, Version: versions[0]})[1])
		must(s.t, s.records.Write(s.t.Context(), changes...))
		versions = versions[n:]
	}
}

func packed(t *testing.T, id, version, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, packagefile.Pack(&b, packagefile.PackInput{
		ID: id, Version: version, Format: packagefile.Nupkg, ReleaseNotes: "fixed", Files: fstest.MapFS{"index.html": {Data: []byte(content)}},
	}))
	return b.Bytes()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// broken is a body that must not be read to its end.
type broken struct{ read int }

func (b *broken) Read(p []byte) (int, error) {
	if b.read += len(p); b.read > 2<<20 {
		return 0, errors.New("read too much")
	}
	return len(p), nil
}

var _ io.Reader = (*broken)(nil)
