package feed

import (
	"bytes"
	"net/http/httptest"
	"testing"

	"slipway/pipelines"
	"slipway/runner/feeds"
)

// One server of ours is a feed for another, by either version.
func TestOurOwnClient(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	s.feed.BaseURL = server.URL
	content := packed(t, "RandomQuotes", "1.0.10", "x")
	s.push(content)
	s.push(packed(t, "RandomQuotes", "1.0.9", "x"))
	s.push(packed(t, "RandomQuotes", "1.1.0-rc.1", "x"))
	for _, address := range []string{"/nuget", "/nuget/v3/index.json"} {
		source, err := feeds.Open(pipelines.Feed{Name: "Other", Type: "nuget", URL: server.URL + address, Username: "x"}, feeds.Access{Password: s.key})
		must(t, err)
		all, err := source.Versions(t.Context(), "randomquotes")
		if err != nil || len(all) != 3 || all[0].Version != "1.1.0-rc.1" || all[1].Version != "1.0.10" {
			t.Errorf("%s: versions are %+v, %v", address, all, err)
		}
		ids, err := source.Search(t.Context(), "quotes", 10)
		if err != nil || len(ids) != 1 || ids[0] != "RandomQuotes" {
			t.Errorf("%s: found %q, %v", address, ids, err)
		}
		var got bytes.Buffer
		if _, err := source.Fetch(t.Context(), "RandomQuotes", "1.0.10", &got); err != nil || !bytes.Equal(got.Bytes(), content) {
			t.Errorf("%s: fetched %d bytes, %v", address, got.Len(), err)
		}
	}
}
