package views_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
)

// TestAFeedsTroubleNamesNoProjectThatIsNotSeen, and is told as it is to who sees
// the project, or where it is the feed's own.
func TestAFeedsTroubleNamesNoProjectThatIsNotSeen(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	changes, id, err := k.Records.NewNoun(t.Context(), records.Feeds, "Artifactory", func(id string, _ int) any {
		return pipelines.Feed{ID: id, Name: "Artifactory", Type: "nuget", URL: "http://feed.test/"}
	})
	must(t, err)
	must(t, k.Records.Write(t.Context(), changes...))
	const (
		of  = "Quotes.Web 1.0.1: Quotes makes no release of it: step Deploy names no package"
		own = "what feed Artifactory gave as Quotes.Web 1.0.1 cannot be used"
	)
	for _, c := range []struct {
		name, trouble, want string
		p                   pipelines.Principal
	}{
		{"who sees the project", of, of, who("Project viewer", nil, nil)},
		{"who sees that project", of, of, who("Project viewer", []string{"quotes"}, nil)},
		{"who sees another", of, "Quotes.Web 1.0.1: a project that you do not see makes no release of it", who("Project viewer", []string{"Other"}, nil)},
		{"who sees none", of, "Quotes.Web 1.0.1: a project that you do not see makes no release of it", who("Feed manager", nil, nil)},
		{"who sees none, of the feed itself", own, own, who("Feed manager", nil, nil)},
	} {
		_, revision, err := k.Records.FeedPoll(t.Context(), id)
		must(t, err)
		poll := records.FeedPoll{FeedID: id, Packages: []records.PolledPackage{{ID: "Quotes.Web"}}, Trouble: c.trouble, Since: noon}
		must(t, k.Records.Write(t.Context(), records.SetFeedPoll(poll, revision)))
		feeds, err := k.Feeds(t.Context(), c.p)
		must(t, err)
		if len(feeds) != 1 || feeds[0].Heard.Trouble != c.want || strings.Contains(c.want, "Deploy") != strings.Contains(feeds[0].Heard.Trouble, "Deploy") {
			t.Errorf("%s reads %+v, want %q", c.name, feeds, c.want)
		}
	}
}
