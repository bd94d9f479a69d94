package setup

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/bolttable"
	"slipway/runner/catalog"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/feeds"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// somewhere is a store with one feed that has a password.
func somewhere(t *testing.T) (*parts, feedOpener, pipelines.Feed) {
	t.Helper()
	dir, e := t.TempDir(), env.Env{Now: time.Now, Random: rand.Reader}
	table, err := bolttable.Open(filepath.Join(dir, "slipway.db"), e.Now)
	must(t, err)
	t.Cleanup(func() { _ = table.Close() })
	store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	keeper, err := keyfilesecrets.Create(filepath.Join(dir, "key"), rand.Reader)
	must(t, err)
	p := &parts{env: e, records: records.New(table, store), blobs: store, sealer: keeper, log: slog.New(slog.DiscardHandler)}
	c := &catalog.Catalog{Records: p.records, Types: steps.Types(), Env: e, Sealer: keeper}
	f, err := c.AddFeed(t.Context(), pipelines.System("test"), pipelines.Feed{Name: "Artifactory", Type: pipelines.FeedNuGet, URL: "http://127.0.0.1:1/nuget", Secret: "artifactory"})
	must(t, err)
	return p, feedOpener{records: p.records, secrets: keeper}, f
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFeedIsOpenedWithItsNewestPassword(t *testing.T) {
	t.Parallel()
	p, opener, f := somewhere(t)
	if _, err := opener.open(t.Context(), f); pipelines.CodeOf(err) != pipelines.Conflict || !strings.Contains(err.Error(), `feed set-password "Artifactory"`) {
		t.Errorf("without a password: %v", err)
	}
	c := &catalog.Catalog{Records: p.records, Env: p.env, Sealer: p.sealer}
	for _, value := range []string{"admin:password", "another one"} {
		_, err := c.SetSecret(t.Context(), pipelines.System("test"), catalog.Secret{Name: "Artifactory", Value: []byte(value)})
		must(t, err)
		if got, err := opener.password(t.Context(), f); got != value || err != nil {
			t.Errorf("the password is %q, %v, want %q", got, err, value)
		}
	}
}

// saying answers what it is asked, whatever that is.
type saying struct{ asked []string }

func (s *saying) Versions(_ context.Context, id string) ([]feeds.Version, error) {
	s.asked = append(s.asked, "versions "+id)
	return []feeds.Version{{Version: "1.0.0", Size: 7}}, nil
}

func (s *saying) Search(_ context.Context, text string, _ int) ([]string, error) {
	s.asked = append(s.asked, "search "+text)
	return []string{"Quotes"}, nil
}

func (s *saying) Fetch(_ context.Context, id, version string, _ io.Writer) (feeds.Fetched, error) {
	s.asked = append(s.asked, "fetch "+id+" "+version)
	return feeds.Fetched{}, pipelines.Refuse(pipelines.Unavailable, "feed Artifactory is away")
}

// The runner answers what the web function may not ask itself, and reads the
// feed where it is asked: no address comes with the question.
func TestTheRunnerAsksFeedsForTheWebFunction(t *testing.T) {
	t.Parallel()
	p, _, f := somewhere(t)
	s := &saying{}
	p.feeds = &requests.FeedsHere{Records: p.records, Blobs: p.blobs, Env: p.env, TempDir: t.TempDir(), Open: func(_ context.Context, of pipelines.Feed) (feeds.Source, error) {
		if of.URL != f.URL {
			t.Errorf("the feed asked is %+v, want %+v", of, f)
		}
		return s, nil
	}}
	a := &AWS{role: roleRunner, parts: p}
	ask := func(q *feedQuestion) (out feedAnswer, err error) {
		payload, err := json.Marshal(ask{Slipway: askFeed, Question: q})
		must(t, err)
		answer, err := a.Own(t.Context(), askFeed, payload, nil)
		if err != nil {
			return out, err
		}
		b, err := json.Marshal(answer)
		must(t, err)
		return out, json.Unmarshal(b, &out)
	}
	if out, err := ask(&feedQuestion{Feed: f.ID, Versions: "Quotes"}); err != nil || len(out.Versions) != 1 || out.Versions[0].Version != "1.0.0" || out.Versions[0].Size != 7 {
		t.Errorf("versions: %+v, %v", out, err)
	}
	if out, err := ask(&feedQuestion{Feed: f.ID, Search: &feedSearch{Limit: 5}}); err != nil || len(out.IDs) != 1 {
		t.Errorf("search: %+v, %v", out, err)
	}
	if _, err := ask(&feedQuestion{Feed: f.ID, Fetch: &requests.FeedOrder{Package: "Quotes", Version: "1.0.0"}}); pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("fetch: %v", err)
	}
	if _, err := ask(&feedQuestion{Feed: "Feeds-9", Versions: "Quotes"}); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("a feed that is not there: %v", err)
	}
	if _, err := ask(nil); pipelines.CodeOf(err) != pipelines.Invalid {
		t.Errorf("no question: %v", err)
	}
	if got := strings.Join(s.asked, "; "); got != "versions Quotes; search ; fetch Quotes 1.0.0" {
		t.Errorf("asked was %q", got)
	}
}
