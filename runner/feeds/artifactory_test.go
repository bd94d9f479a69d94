package feeds_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/feeds"
	"slipway/test/feedserver"
)

func monday() time.Time { return time.Date(2024, time.March, 4, 9, 30, 0, 0, time.UTC) }

func mustOpen(t *testing.T, f pipelines.Feed, with feeds.Access) feeds.Source {
	t.Helper()
	f.Name = "Artifactory"
	s, err := feeds.OpenWithin(f, with, time.Minute, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bothProtocols are the two addresses of one server, and the second once more as
// a server without a package folder has it.
func bothProtocols(t *testing.T, o feedserver.Options, run func(t *testing.T, s *feedserver.Server, url string)) {
	t.Helper()
	for _, protocol := range []string{"v2", "v3", "v3 by registrations"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			o.NoPackageFolder = protocol != "v3"
			s := feedserver.Start(t, o)
			url := s.V3URL
			if protocol == "v2" {
				url = s.URL
			}
			run(t, s, url)
		})
	}
}

func add(t *testing.T, s *feedserver.Server, id string, versions ...string) {
	t.Helper()
	for _, v := range versions {
		if err := s.Add(feedserver.Nupkg(t, id, v, map[string]string{"Web.config": "<configuration/>"})); err != nil {
			t.Fatal(err)
		}
	}
}

func names(found []feeds.Version) string {
	var all []string
	for _, v := range found {
		all = append(all, v.Version)
	}
	return strings.Join(all, " ")
}

func TestVersionsNewestFirst(t *testing.T) {
	t.Parallel()
	bothProtocols(t, feedserver.Options{User: "admin", Password: "password", PageSize: 2, Now: monday}, func(t *testing.T, s *feedserver.Server, url string) {
		add(t, s, "RandomQuotes", "1.0.8", "1.0.9", "1.0.10", "1.0.11-beta.2", "1.0.11-beta.10", "0.9", "2.0.0.0")
		add(t, s, "RandomQuotes.Tools", "7.0.0")
		s.Unlist("RandomQuotes", "1.0.8")
		source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: url, Username: "admin"}, feeds.Access{Password: "password"})
		found, err := source.Versions(t.Context(), "randomquotes")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := names(found), "2.0.0.0 1.0.11-beta.10 1.0.11-beta.2 1.0.10 1.0.9 0.9"; got != want {
			t.Errorf("Versions = %s, want %s", got, want)
		}
		if !found[0].Published.Equal(monday()) {
			t.Errorf("published %v, want %v", found[0].Published, monday())
		}
		if url == s.URL && (found[0].Size == 0 || found[0].Notes != "Notes of 2.0.0.0") {
			t.Errorf("size %d, notes %q of 2.0.0.0, want those of the feed", found[0].Size, found[0].Notes)
		}
		if found, err := source.Versions(t.Context(), "Nobody"); err != nil || len(found) != 0 {
			t.Errorf("Versions of an unknown id = %v, %v, want none", found, err)
		}
		if url == s.URL {
			for _, asked := range s.Asked() {
				if strings.Contains(asked, "/v3/") || strings.Contains(asked, "index.json") {
					t.Errorf("a v2 feed was asked %s", asked)
				}
			}
		}
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	bothProtocols(t, feedserver.Options{PageSize: 3}, func(t *testing.T, s *feedserver.Server, url string) {
		for i := range 7 {
			add(t, s, fmt.Sprintf("Acme.Part%d", i), "1.0.0", "1.1.0-beta.1")
		}
		add(t, s, "RandomQuotes", "1.0.0")
		source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: url}, feeds.Access{})
		for _, c := range []struct {
			text  string
			limit int
			want  string
		}{
			{"part", 4, "Acme.Part0 Acme.Part1 Acme.Part2 Acme.Part3"},
			{"ACME", 100, "Acme.Part0 Acme.Part1 Acme.Part2 Acme.Part3 Acme.Part4 Acme.Part5 Acme.Part6"},
			{"quotes", 10, "RandomQuotes"},
			{"", 2, "Acme.Part0 Acme.Part1"},
			{"nobody", 10, ""},
			{"x' or 'a' eq 'a", 10, ""}, // stays a text
			{"a&b=c#d%+ é", 10, ""},
		} {
			ids, err := source.Search(t.Context(), c.text, c.limit)
			if got := strings.Join(ids, " "); err != nil || got != c.want {
				t.Errorf("Search(%q, %d) = %q, %v, want %q", c.text, c.limit, got, err, c.want)
			}
		}
		if url == s.URL {
			asked := s.Asked()
			if !slices.ContainsFunc(asked, func(a string) bool { return strings.Contains(a, "searchTerm='x%27%27%20or%20") }) {
				t.Errorf("quotes were not doubled: %s", strings.Join(asked, "\n"))
			}
		}
	})
}

func TestFetch(t *testing.T) {
	t.Parallel()
	bothProtocols(t, feedserver.Options{User: "admin", Password: "password"}, func(t *testing.T, s *feedserver.Server, url string) {
		add(t, s, "RandomQuotes", "1.0.0.0", "1.0.10", "1.0.11+build5", "2.0.0-RC.1")
		s.Unlist("RandomQuotes", "1.0.10")
		source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: url, Username: "admin"}, feeds.Access{Password: "password"})
		for _, c := range []struct{ version, listed string }{
			{"1.0.10", "1.0.10"}, // not listed, but there
			{"1.0", "1.0.0.0"},
			{"1.0.11+build5", "1.0.11+build5"},
			{"1.0.11", "1.0.11+build5"},
			{"2.0.0-rc.1", "2.0.0-RC.1"},
		} {
			want := feedserver.Nupkg(t, "RandomQuotes", c.listed, map[string]string{"Web.config": "<configuration/>"})
			sum := sha256.Sum256(want)
			var got bytes.Buffer
			fetched, err := source.Fetch(t.Context(), "randomquotes", c.version, &got)
			if err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("Fetch(%s) = %d bytes, %v, want %d", c.version, got.Len(), err, len(want))
				continue
			}
			if fetched.SHA256 != hex.EncodeToString(sum[:]) || fetched.Size != int64(len(want)) {
				t.Errorf("Fetch(%s) = %+v, want the hash %x", c.version, fetched, sum)
			}
			if name := "RandomQuotes." + c.listed + ".nupkg"; !strings.EqualFold(fetched.FileName, name) {
				t.Errorf("Fetch(%s) names the file %s, want %s", c.version, fetched.FileName, name)
			}
		}
		for _, c := range []struct {
			id, version, want string
			code              pipelines.Code
		}{
			{"RandomQuotes", "9.9.9", "has no RandomQuotes 9.9.9; its newest are 2.0.0-", pipelines.NotFound},
			{"RandomQuotes", "1.0.11+build6", "has no RandomQuotes 1.0.11+build6", pipelines.NotFound},
			{"Nobody", "1.0.0", "has no package Nobody", pipelines.NotFound},
			{"RandomQuotes", "latest", "is no version", pipelines.Invalid},
			{"../RandomQuotes", "1.0.0", "package id", pipelines.Invalid},
		} {
			_, err := source.Fetch(t.Context(), c.id, c.version, new(bytes.Buffer))
			if err == nil || !strings.Contains(err.Error(), c.want) || pipelines.CodeOf(err) != c.code {
				t.Errorf("Fetch(%s, %s) = %v (%s), want %q", c.id, c.version, err, pipelines.CodeOf(err), c.want)
			}
		}
	})
}

// A key of user:password goes through as it is, and so does a password with a
// colon in it.
func TestCredentials(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ user, password, username, secret string }{
		{"admin", "password", "admin", "password"},
		{"admin", "password", "", "admin:password"},
		{"admin", "pass:word", "admin", "pass:word"},
		{"admin", "pass:word", "", "admin:pass:word"},
		{"admin", "pä ß'\"", "admin", "pä ß'\""},
	} {
		s := feedserver.Start(t, feedserver.Options{User: c.user, Password: c.password})
		add(t, s, "RandomQuotes", "1.0.0")
		source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: s.URL + "/", Username: c.username}, feeds.Access{Password: c.secret})
		if found, err := source.Versions(t.Context(), "RandomQuotes"); err != nil || len(found) != 1 {
			t.Errorf("as %q with %q: %v, %v", c.username, c.secret, found, err)
		}
		for _, wrong := range []string{"", "wr:ong-secret"} {
			source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: s.URL, Username: c.username}, feeds.Access{Password: wrong})
			_, err := source.Versions(t.Context(), "RandomQuotes")
			if err == nil || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "wr:ong") {
				t.Errorf("with the secret %q: %v, want 401 and no secret in it", wrong, err)
			}
		}
	}
}

// Artifactory behind a proxy may call itself by a name that leads nowhere; the
// list still comes, and the way out is in the error of the download.
func TestLinksOfAServerBehindAProxy(t *testing.T) {
	t.Parallel()
	s := feedserver.Start(t, feedserver.Options{User: "admin", Password: "password", BaseURL: "http://artifactory.invalid:8081"})
	add(t, s, "RandomQuotes", "1.0.0")
	source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: s.URL, Username: "admin"}, feeds.Access{Password: "password"})
	if found, err := source.Versions(t.Context(), "RandomQuotes"); err != nil || names(found) != "1.0.0" {
		t.Fatalf("Versions = %v, %v", found, err)
	}
	_, err := source.Fetch(t.Context(), "RandomQuotes", "1.0.0", new(bytes.Buffer))
	if err == nil || !strings.Contains(err.Error(), "artifactory.invalid") {
		t.Errorf("Fetch = %v, want the unknown host named", err)
	}
}
