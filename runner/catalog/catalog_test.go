package catalog_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/textform"
	"slipway/runner/bolttable"
	"slipway/runner/catalog"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/records"
)

// here is a catalog over real stores in a folder of the test.
type here struct {
	*catalog.Catalog
	keeper *keyfilesecrets.Keeper
}

func open(t *testing.T) here {
	t.Helper()
	folder := t.TempDir()
	table, err := bolttable.Open(filepath.Join(folder, "table"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = table.Close() })
	blobs, err := diskblobs.Open(filepath.Join(folder, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	keeper, err := keyfilesecrets.Create(filepath.Join(folder, "key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return here{&catalog.Catalog{
		Records: records.New(table, blobs),
		Types:   steps.Types(),
		Env:     env.Env{Now: time.Now, Random: rand.Reader},
		Sealer:  keeper,
		HashPassword: func(_ context.Context, password string) (string, error) {
			if len(password) < 10 {
				return "", errors.New("a password has at least 10 characters")
			}
			return "hash of " + password, nil
		},
	}, keeper}
}

// admin is the first admin, made.
func (h here) admin(t *testing.T) pipelines.Principal {
	t.Helper()
	u, err := h.FirstAdminHere(t.Context(), pipelines.User{Username: "root"}, "long enough")
	if err != nil {
		t.Fatal(err)
	}
	return h.principal(t, u.ID)
}

func (h here) principal(t *testing.T, id string) pipelines.Principal {
	t.Helper()
	p, err := h.Records.Principal(t.Context(), id, "test")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h here) user(t *testing.T, username string) pipelines.User {
	t.Helper()
	for _, u := range must(h.Records.Users(t.Context()))(t) {
		if pipelines.SameName(u.Username, username) {
			return u
		}
	}
	t.Fatalf("there is no user %s", username)
	return pipelines.User{}
}

// read is text as nouns.
func read(t *testing.T, content string) catalog.Wanted {
	t.Helper()
	return catalog.Wanted{Nouns: nouns(t, content), Owner: pipelines.OwnedByFolder("here")}
}

// nouns are what a text says.
func nouns(t *testing.T, content string) textform.Nouns {
	t.Helper()
	types := textform.StepTypes{}
	for name, s := range steps.Types() {
		types[name] = s.Settings
	}
	doc, found := textform.Parse([]textform.File{{Name: "slipway.yaml", Text: []byte(content)}}, types, nil)
	if len(found) > 0 {
		t.Fatalf("the test's own text is wrong: %v", found)
	}
	return doc.Nouns
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wantCode checks the kind of a refusal and a part of what it says.
func wantCode(t *testing.T, err error, code pipelines.Code, part string) {
	t.Helper()
	if pipelines.CodeOf(err) != code || !strings.Contains(fmt.Sprint(err), part) {
		t.Errorf("error is %v (code %q), want code %q and %q in it", err, pipelines.CodeOf(err), code, part)
	}
}

func told(done catalog.Weighed) string {
	var out []string
	for _, c := range done.Changes {
		out = append(out, c.Do+" "+c.Kind+" "+c.Name)
	}
	return strings.Join(out, ", ")
}

const folder = `
environments: [Dev, Test]
lifecycles: [{ name: L, phases: [{ name: D, environments: [Dev] }, { name: T, environments: [Test] }] }]
users: [{ username: ada, mail: ada@example.org }]
teams: [{ name: Stakeholders, members: [ada], roles: [{ role: Project viewer }] }]
targets: [{ name: web-1, environments: [Dev], roles: [web], ssh: { host: web-1, user: deploy, host-keys: [ssh-ed25519 AAAA] } }]
projects:
  - name: Random Quotes
    lifecycle: L
    variables: [{ name: Port, value: 8081, environments: [Dev] }]
    steps:
      - { name: Sign Off, approval: { instructions: Look, teams: [Stakeholders] } }
`
