package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
)

const shopFromNexus = `
feeds: [{ name: Nexus, type: nuget, url: "http://nexus/nuget", username: ci, secret: nexus }]
projects:
  - name: Shop
    steps: [{ name: Deploy, roles: [web], package: { id: Shop, feed: nexus } }]
`

func TestFeedsByText(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	_, err := h.Apply(ctx, root, of(t, "shop", strings.Replace(shopFromNexus, "feed: nexus", "feed: Nxus", 1)))
	wantCode(t, err, pipelines.Invalid, `there is no feed "Nxus"`)
	if refusal, _ := errors.AsType[*pipelines.Error](err); refusal == nil || refusal.Problems[0].Path != "projects[0].steps[0].package.feed" {
		t.Errorf("the problem has no place: %+v", err)
	}
	must(h.Apply(ctx, root, of(t, "shop", shopFromNexus)))(t)
	feeds := must(h.Records.Feeds(ctx))(t)
	if len(feeds) != 1 || feeds[0].ID != "Feeds-1" || feeds[0].Owner != pipelines.OwnedByFolder("shop") || feeds[0].Secret != "nexus" {
		t.Fatalf("the feeds are %+v", feeds)
	}
	if got := string(must(h.Export(ctx, root, "feed", ""))(t)); got != "feeds: [{ name: Nexus, type: nuget, url: \"http://nexus/nuget\", username: ci, secret: nexus }]\n" {
		t.Errorf("exported is %q", got)
	}
	again := must(h.Diff(ctx, root, of(t, "shop", shopFromNexus)))(t)
	if len(again.Changes) != 0 {
		t.Errorf("applying the same again changes %+v", again.Changes)
	}
	moved := must(h.Apply(ctx, root, of(t, "shop", strings.Replace(shopFromNexus, "http://nexus/nuget", "http://other/nuget", 1))))(t)
	if len(moved.Changes) != 1 || moved.Changes[0].Kind != "feed" || strings.Join(moved.Changes[0].Lines, "|") != `- url: "http://nexus/nuget"|+ url: "http://other/nuget"` {
		t.Errorf("another address is %+v", moved.Changes)
	}

	// A feed goes with its folder, and not from under who uses it.
	must(h.Apply(ctx, root, of(t, "other", `projects: [{ name: Other, steps: [{ name: D, roles: [web], package: { id: X, feed: Nexus } }] }]`)))(t)
	gone := of(t, "shop", "projects: [{ name: Shop, steps: [{ name: Say, roles: [web], script: { body: echo } }] }]")
	_, err = h.Apply(ctx, root, gone)
	wantCode(t, err, pipelines.Invalid, `there is no feed "Nexus"`)
	_, err = h.Apply(ctx, root, of(t, "twice", `feeds: [{ name: A, type: folder, url: /a }, { name: a, type: folder, url: /b }]`))
	wantCode(t, err, pipelines.Invalid, "two feeds named")
}

// may is somebody with these rights everywhere, and no others.
func may(all ...pipelines.Permission) pipelines.Principal {
	p := pipelines.Principal{UserID: "Users-7", Username: "ci"}
	for _, one := range all {
		p.Grants = append(p.Grants, pipelines.Grant{Permission: one})
	}
	return p
}

func TestWhoMayChangeFeeds(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.admin(t)
	ctx := t.Context()
	open := pipelines.Feed{Name: "Open", Type: pipelines.FeedNuGet, URL: "http://open/nuget"}
	closed := pipelines.Feed{Name: "Closed", Type: pipelines.FeedNuGet, URL: "http://closed/nuget", Secret: "database password"}
	_, err := h.AddFeed(ctx, may(pipelines.FeedView, pipelines.SecretEdit), open)
	wantCode(t, err, pipelines.Forbidden, "FeedEdit")
	must(h.AddFeed(ctx, may(pipelines.FeedEdit), open))(t)
	_, err = h.AddFeed(ctx, may(pipelines.FeedEdit), closed) // or any secret could be sent anywhere
	wantCode(t, err, pipelines.Forbidden, "SecretEdit")
	must(h.AddFeed(ctx, may(pipelines.FeedEdit, pipelines.SecretEdit), closed))(t)
	_, err = h.AddFeed(ctx, may(pipelines.FeedEdit), open)
	wantCode(t, err, pipelines.Conflict, "already")
	wantCode(t, h.RemoveFeed(ctx, may(pipelines.FeedView), "Open", false), pipelines.Forbidden, "FeedEdit")
	if err := h.RemoveFeed(ctx, may(pipelines.FeedEdit), "open", false); err != nil {
		t.Errorf("RemoveFeed = %v", err)
	}
	wantCode(t, h.RemoveFeed(ctx, may(pipelines.FeedEdit), "open", false), pipelines.NotFound, `no feed "open"`)
}

// TestWhoMayReadWhatIsTheServers: a folder and a bucket are read with the
// server's own rights, so the right to feeds alone reaches neither.
func TestWhoMayReadWhatIsTheServers(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.admin(t)
	ctx := t.Context()
	for _, f := range []pipelines.Feed{
		{Name: "Files", Type: pipelines.FeedFolder, URL: "/srv/packages"},
		{Name: "Bucket", Type: pipelines.FeedS3, URL: "s3://bucket/packages/"},
	} {
		_, err := h.AddFeed(ctx, may(pipelines.FeedEdit, pipelines.SecretEdit), f)
		wantCode(t, err, pipelines.Forbidden, "AdministerSystem: ask an administrator")
		text := func(url string) string {
			return `feeds: [{ name: ` + f.Name + `, type: ` + string(f.Type) + `, url: "` + url + `" }]`
		}
		must(h.Apply(ctx, may(pipelines.FeedEdit, pipelines.AdministerSystem), of(t, f.Name, text(f.URL))))(t)
		if _, err := h.Apply(ctx, may(pipelines.FeedView), of(t, f.Name, text(f.URL))); err != nil {
			t.Errorf("the same feed again: %v", err)
		}
		_, err = h.Apply(ctx, may(pipelines.FeedEdit), of(t, f.Name, text(f.URL+"other/")))
		wantCode(t, err, pipelines.Forbidden, "AdministerSystem")
	}
	changing := pipelines.Feed{Name: "Web", Type: pipelines.FeedNuGet, URL: "http://web/nuget"}
	must(h.AddFeed(ctx, may(pipelines.FeedEdit), changing))(t)
	_, err := h.Apply(ctx, may(pipelines.FeedEdit), of(t, "web", `feeds: [{ name: Web, type: folder, url: /etc }]`))
	wantCode(t, err, pipelines.Forbidden, "AdministerSystem")
}

// A feed's password is in no audit entry.
func TestFeedsAreAudited(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.AddFeed(ctx, root, pipelines.Feed{Name: "Nexus", Type: pipelines.FeedNuGet, URL: "http://nexus/nuget", Secret: "nexus"}))(t)
	must(h.SetSecret(ctx, root, catalog.Secret{Name: "nexus", Value: []byte("correct horse battery")}))(t)
	if err := h.RemoveFeed(ctx, root, "Nexus", false); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range must(h.Records.AuditLog(ctx, noTime, 0))(t) {
		told = append(told, e.Message)
		if strings.Contains(e.Message+e.Details["lines"], "horse") {
			t.Errorf("the entry %+v tells the password", e)
		}
	}
	for _, want := range []string{"added feed Nexus", "set the secret nexus", "removed feed Nexus (http://nexus/nuget)"} {
		if !strings.Contains(strings.Join(told, "\n"), want) {
			t.Errorf("nobody has noted %q: %q", want, told)
		}
	}
}
