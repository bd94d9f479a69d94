package web

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/hosts"
	"slipway/web/rest"
)

func TestUpload(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	first, other := packed(t, "Thing", "1.0.0", "first"), packed(t, "Thing", "1.0.0", "other")
	var got rest.Received
	h.ok(h.as(h.key, "PUT", "/v1/packages/Thing.1.0.0.nupkg", first), 200, &got)
	if got.Package.ID != "Thing" || got.Package.Version != "1.0.0" || got.Package.SHA256 == "" || got.Existed || got.Package.ArrivedBy != "admin" {
		t.Errorf("first upload: got %+v", got)
	}
	h.ok(h.as(h.key, "PUT", "/v1/packages/Thing.1.0.0.nupkg", first), 200, &got)
	if !got.Existed {
		t.Error("the same bytes again: got a new package")
	}
	if e := h.refused(h.as(h.key, "PUT", "/v1/packages/Thing.1.0.0.nupkg", other), 409, "other bytes"); e.Code != pipelines.Conflict {
		t.Errorf("other bytes: got code %q", e.Code)
	}
	var versions []pipelines.Package
	h.ok(h.as(h.key, "GET", "/v1/packages/thing", ""), 200, &versions)
	if len(versions) != 1 || versions[0].SHA256 != got.Package.SHA256 {
		t.Errorf("versions: got %+v, want the first bytes", versions)
	}
	left, err := os.ReadDir(h.site.TempDir)
	if err != nil || len(left) > 0 {
		t.Errorf("left of the uploads: %v, %v; want nothing", left, err)
	}
}

func TestUploadMakesReleaseAndDeployment(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	step := strings.Replace(configuration, `"type": "script", "settings": {"body": "echo hello"}`, `"type": "nginx", "settings": {"package": "RandomQuotes", "bindings": [{"port": "8081"}], "locations": [{"path": "/", "directives": [{"root": "/x"}]}]}`, 1)
	h.ok(h.as(h.key, "POST", "/v1/apply", step), 200, nil)
	var got rest.Received
	h.ok(h.as(h.key, "PUT", "/v1/packages/RandomQuotes.1.0.1.nupkg", packed(t, "RandomQuotes", "1.0.1", "x")), 200, &got)
	if len(got.Releases) != 1 || got.Releases[0] != "1.0.1" || len(got.Deployments) != 1 || got.Deployments[0].Environment != "Dev" || got.Deployments[0].Address == "" {
		t.Errorf("got %+v, want release 1.0.1 on its way to Dev", got)
	}
}

func TestUploadAsForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	post := func(fileName string) *httptest.ResponseRecorder {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		h.must(form.WriteField("note", "not a file"))
		if fileName != "" {
			part, err := form.CreateFormFile("package", fileName)
			h.must(err)
			_, err = part.Write([]byte(packed(t, "Thing", "1.0.0", "hello")))
			h.must(err)
		}
		h.must(form.Close())
		r := httptest.NewRequest("POST", "/v1/packages", &body)
		r.Header.Set("X-Slipway-ApiKey", h.key)
		r.Header.Set("Content-Type", form.FormDataContentType())
		return h.send(r)
	}
	var got rest.Received
	h.ok(post("Thing.1.0.0.nupkg"), 200, &got)
	if got.Package.ID != "Thing" {
		t.Errorf("form: got %+v", got)
	}
	h.refused(post(""), 400, "no part of the form is a file")
}

func TestUploadTooLargeOrCutShort(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *Settings) { s.MaxPackage = 2000 })
	h.refused(h.as(h.key, "PUT", "/v1/packages/Thing.1.0.0.nupkg", strings.Repeat("x", 2001)), 413, "2000 bytes")
	r := httptest.NewRequest("PUT", "/v1/packages/Thing.1.0.0.nupkg", &broken{})
	r.Header.Set("X-Slipway-ApiKey", h.key)
	h.refused(h.send(r), 400, "did not come in whole")
	left, err := os.ReadDir(h.site.TempDir)
	if err != nil || len(left) > 0 {
		t.Errorf("left of the uploads: %v, %v; want nothing", left, err)
	}
}

func TestUploadIsRefusedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for method, path := range map[string]string{"PUT": "/v1/packages/Thing.1.0.0.nupkg", "POST": "/v1/packages"} {
		body := &broken{}
		r := httptest.NewRequest(method, path, body)
		r.Header.Set("X-Slipway-ApiKey", h.keyFor("nobody"))
		h.refused(h.send(r), 403, "BuiltInFeedPush")
		if body.sent {
			t.Errorf("%s %s: the body of somebody without the right was read", method, path)
		}
	}
}

// broken is a connection that ends early.
type broken struct{ sent bool }

func (b *broken) Read(p []byte) (int, error) {
	if b.sent {
		return 0, os.ErrDeadlineExceeded
	}
	b.sent = true
	return copy(p, "PK"), nil
}

func TestCheckTarget(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	check := func() (c rest.Check) {
		h.ok(h.as(h.key, "POST", "/v1/targets/web%201%2Fa/check", ""), 200, &c)
		return c
	}
	h.facts = func() (hosts.Facts, error) {
		return hosts.Facts{OS: "linux", System: "Debian", Shell: "/bin/sh", FreeBytes: 7, HostKey: "ssh-ed25519 A", NoSudo: []string{"nginx"}}, nil
	}
	if c := check(); !c.Reachable || c.Problem != "" || c.System != "Debian" || c.HostKey != "ssh-ed25519 A" || c.NoSudo[0] != "nginx" || c.Target != "web 1/a" {
		t.Errorf("a good host: got %+v", c)
	}
	h.facts = func() (hosts.Facts, error) {
		return hosts.Facts{}, &hosts.UntrustedError{Host: "web-1", Presented: "ssh-ed25519 B", Pinned: []string{"ssh-ed25519 A"}}
	}
	if c := check(); c.Reachable || !strings.Contains(c.Problem, "another key") || c.HostKey != "ssh-ed25519 B" || c.Pinned[0] != "ssh-ed25519 A" {
		t.Errorf("an untrusted host: got %+v, want both keys", c)
	}
	h.facts = func() (hosts.Facts, error) { return hosts.Facts{}, context.DeadlineExceeded }
	if c := check(); c.Reachable || c.Problem == "" {
		t.Errorf("a silent host: got %+v, want a problem", c)
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	var made rest.Target
	h.ok(h.as(h.key, "POST", "/v1/targets", `{"name": "web-2", "environments": ["Dev"], "roles": ["web"], "ssh": {"host": "h:22", "user": "u", "host-keys": ["ssh-ed25519 AAAA"]}}`), 200, &made)
	if made.Address != "ssh://u@h:22" || made.ID == "" {
		t.Errorf("added: got %+v", made)
	}
	h.refused(h.as(h.key, "POST", "/v1/targets", `{"name": "WEB-2", "environments": ["Dev"], "roles": ["web"], "pretend": "x"}`), 409, "already")
	h.ok(h.as(h.key, "DELETE", "/v1/targets/web-2", ""), 204, nil)
	var all []rest.Target
	h.ok(h.as(h.key, "GET", "/v1/targets", ""), 200, &all)
	if len(all) != 1 || all[0].Address != "pretend:x" {
		t.Errorf("targets: got %+v", all)
	}
}

func TestHeldMailRoutesOnlyWhereMailIsHeld(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *Settings) { s.HeldMail = nil })
	h.refused(h.as(h.key, "GET", "/v1/mail", ""), 404, "/v1/mail")
}
