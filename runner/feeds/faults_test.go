package feeds_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/feeds"
	"slipway/test/feedserver"
)

const secret = "s3cr3t-passw0rd"

// faulty opens a feed that fails, with limits that a test can wait for.
func faulty(t *testing.T, f feedserver.Fault, v3 bool) (*feedserver.Server, feeds.Source) {
	t.Helper()
	s := feedserver.Start(t, feedserver.Options{User: "admin", Password: secret, PageSize: 2, DripEvery: 20 * time.Millisecond})
	add(t, s, "RandomQuotes", "1.0.0", "1.0.1", "1.0.2")
	s.Fail(f)
	feed := pipelines.Feed{Name: "Artifactory", Type: pipelines.FeedNuGet, URL: s.URL, Username: "admin"}
	if v3 {
		feed.URL = s.V3URL
	}
	limit := time.Minute
	if f == feedserver.Dead || f == feedserver.Drips || f == feedserver.Stalls {
		limit = 400 * time.Millisecond
	}
	answer, stall := limit, time.Minute
	if f == feedserver.Stalls {
		answer, stall = stall, limit
	}
	source, err := feeds.OpenWithin(feed, feeds.Access{Password: secret}, answer, stall)
	if err != nil {
		t.Fatal(err)
	}
	return s, source
}

func checkTrouble(t *testing.T, what string, err error, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s: no error, want one with %q", what, want)
	case !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "feed Artifactory (http"):
		t.Errorf("%s: %v, want one of the feed with %q", what, err, want)
	case pipelines.CodeOf(err) != pipelines.Unavailable:
		t.Errorf("%s: the error is %q, want unavailable", what, pipelines.CodeOf(err))
	case strings.Contains(err.Error(), secret):
		t.Errorf("%s: the error has the secret in it: %v", what, err)
	}
}

func TestFaultsOfQuestions(t *testing.T) {
	t.Parallel()
	for fault, want := range map[feedserver.Fault]string{
		feedserver.Dead:            "has not answered within 400ms",
		feedserver.Drips:           "has not answered within 400ms",
		feedserver.ServerError:     "answers 500 Internal Server Error",
		feedserver.LoginPage:       "a web page instead of a feed",
		feedserver.HangsUp:         "hung up without an answer",
		feedserver.PageTooLarge:    "a page of more than 16 MB",
		feedserver.SendsInCircle:   "sends on from one address to the next",
		feedserver.SendsToMetadata: "leads to 169.254.169.254:80, which a feed may not",
	} {
		for _, v3 := range []bool{false, true} {
			t.Run(string(fault), func(t *testing.T) {
				t.Parallel()
				_, source := faulty(t, fault, v3)
				_, err := source.Versions(t.Context(), "RandomQuotes")
				checkTrouble(t, "Versions", err, want)
				_, err = source.Search(t.Context(), "Random", 10)
				checkTrouble(t, "Search", err, want)
				_, err = source.Fetch(t.Context(), "RandomQuotes", "1.0.0", io.Discard)
				checkTrouble(t, "Fetch", err, want)
			})
		}
	}
}

func TestFaultsOfPages(t *testing.T) {
	t.Parallel()
	_, source := faulty(t, feedserver.NoTail, false)
	_, err := source.Versions(t.Context(), "RandomQuotes")
	checkTrouble(t, "a list that breaks off", err, "its answer cannot be read: XML syntax error")

	_, source = faulty(t, feedserver.SamePage, false)
	if found, err := source.Versions(t.Context(), "RandomQuotes"); err != nil || names(found) != "1.0.1 1.0.0" {
		t.Errorf("a server that ignores its skip token: %v, %v, want what it has shown", names(found), err)
	}

	_, source = faulty(t, feedserver.EndlessPages, false)
	_, err = source.Versions(t.Context(), "RandomQuotes")
	checkTrouble(t, "pages without end", err, "more than 200 pages")
}

// One hang-up is nothing: servers close connections that nobody used.
func TestAsksOnceMore(t *testing.T) {
	t.Parallel()
	_, source := faulty(t, feedserver.HangsUpOnce, false)
	if found, err := source.Versions(t.Context(), "RandomQuotes"); err != nil || len(found) != 3 {
		t.Errorf("Versions = %v, %v, want three after asking once more", found, err)
	}
}

func TestFaultsOfPackages(t *testing.T) {
	t.Parallel()
	for fault, want := range map[feedserver.Fault]string{
		feedserver.LiesAboutSize: "RandomQuotes 1.0.1: the feed promised ",
		feedserver.LiesAboutHash: "RandomQuotes 1.0.1: the feed promised bytes with the SHA512 hash 000000",
		feedserver.Truncates:     "RandomQuotes 1.0.1: the bytes broke off after ",
		feedserver.SendsMore:     "and sends more",
		feedserver.Stalls:        "has sent nothing for 400ms in the middle of a package",
		feedserver.PackageIsPage: "a web page instead of a feed",
		feedserver.FileMissing:   "lists RandomQuotes 1.0.1 but has no file for it (404 at http://",
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			_, source := faulty(t, fault, false)
			_, err := source.Fetch(t.Context(), "RandomQuotes", "1.0.1", io.Discard)
			checkTrouble(t, "Fetch", err, want)
		})
	}
}

// Artifactory sends downloads on to S3 or a CDN, which must not hear our
// password, and S3 would even refuse it.
func TestCredentialsStayAtHome(t *testing.T) {
	t.Parallel()
	for _, fault := range []feedserver.Fault{feedserver.SendsOn, feedserver.SendsListsOn, feedserver.LinksToElsewhere} {
		for _, username := range []string{"admin", ""} {
			s := feedserver.Start(t, feedserver.Options{User: "admin", Password: secret})
			add(t, s, "RandomQuotes", "1.0.1")
			s.Fail(fault)
			key := secret
			if username == "" {
				key = "admin:" + secret
			}
			source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: s.URL, Username: username}, feeds.Access{Password: key})
			var got bytes.Buffer
			if _, err := source.Fetch(t.Context(), "RandomQuotes", "1.0.1", &got); err != nil || got.Len() == 0 {
				t.Errorf("%s: Fetch = %d bytes, %v", fault, got.Len(), err)
			}
			if len(s.Elsewhere()) == 0 {
				t.Errorf("%s: the other host was not asked", fault)
			}
			for _, heard := range s.Elsewhere() {
				for _, name := range []string{"Authorization", "X-NuGet-ApiKey", "Referer", "Cookie"} {
					if heard.Get(name) != "" {
						t.Errorf("%s: the other host heard %s: %s", fault, name, heard.Get(name))
					}
				}
			}
		}
	}
}

func TestADeadFeedBlocksNothingElse(t *testing.T) {
	t.Parallel()
	dead := feedserver.Start(t, feedserver.Options{})
	dead.Fail(feedserver.Dead)
	alive := feedserver.Start(t, feedserver.Options{})
	add(t, alive, "RandomQuotes", "1.0.0")
	waiting := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: dead.URL}, feeds.Access{})
	ctx, stop := context.WithCancelCause(t.Context())
	ended := make(chan error, 20)
	for range cap(ended) {
		go func() {
			_, err := waiting.Versions(ctx, "RandomQuotes")
			ended <- err
		}()
	}
	for len(dead.Asked()) < cap(ended) {
		time.Sleep(time.Millisecond)
	}
	source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: alive.URL}, feeds.Access{})
	if found, err := source.Versions(t.Context(), "RandomQuotes"); err != nil || len(found) != 1 {
		t.Errorf("beside a dead feed: %v, %v", found, err)
	}
	if len(ended) > 0 {
		t.Errorf("a question to the dead feed ended: %v", <-ended)
	}
	// The same one wakes up, and answers others while the first still wait.
	dead.Fail(feedserver.None)
	if _, err := waiting.Versions(t.Context(), "RandomQuotes"); err != nil {
		t.Errorf("the feed that woke up: %v", err)
	}
	gone := errors.New("nobody waits any more")
	stop(gone)
	for range cap(ended) {
		if err := <-ended; !errors.Is(err, gone) {
			t.Errorf("a question whose asker left ended with %v, want the asker's reason", err)
		}
	}
}

func TestNoFeedThere(t *testing.T) {
	t.Parallel()
	s := feedserver.Start(t, feedserver.Options{})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	jsonFeed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"version":"3.0.0"}`) }))
	t.Cleanup(jsonFeed.Close)
	for _, c := range []struct{ url, want string }{
		{s.URL + "x", "there is no feed (404); check the feed's address; of Artifactory it is http://<host>:8081/artifactory/api/nuget/<repository>"},
		{strings.Replace(s.V3URL, "NuGet", "Other", 1), "of NuGet v3 it ends in index.json"},
		{"http://" + closed.Addr().String() + "/nuget", "(connection refused)"},
		{"http://feed.invalid/nuget", "feed.invalid"},
		{"https" + strings.TrimPrefix(s.URL, "http"), "does not speak https there"},
		{secure.URL, "whom this server does not trust"},
		{"http://169.254.169.254/latest", "169.254.169.254:80, which a feed may not make this server ask"},
		{jsonFeed.URL, "answers in JSON, so it is no NuGet v2 feed"},
		{jsonFeed.URL + "/index.json", "neither PackageBaseAddress nor RegistrationsBaseUrl"},
	} {
		source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedNuGet, URL: c.url}, feeds.Access{Password: secret})
		_, err := source.Versions(t.Context(), "RandomQuotes")
		checkTrouble(t, c.url, err, c.want)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		feed pipelines.Feed
		want string
	}{
		{pipelines.Feed{Type: "maven", URL: "http://x/"}, `has the type "maven"`},
		{pipelines.Feed{Type: pipelines.FeedNuGet, URL: "file:///etc/passwd"}, "must begin with http:// or https://"},
		{pipelines.Feed{Type: pipelines.FeedNuGet, URL: "artifactory/api/nuget"}, "must begin with http:// or https://"},
		{pipelines.Feed{Type: pipelines.FeedNuGet, URL: "http:///nuget"}, "names no host"},
		{pipelines.Feed{Type: pipelines.FeedNuGet, URL: "http://admin:" + secret + "@host/nuget"}, "has a user or a password in it"},
		{pipelines.Feed{Type: pipelines.FeedNuGet, URL: "http://host/nuget?key=" + secret}, "goes on behind a ?"},
		{pipelines.Feed{Type: pipelines.FeedNuGet, URL: "http://host/%zz" + secret}, "is none that a browser would take"},
		{pipelines.Feed{Type: pipelines.FeedNuGet, URL: "http://host/nuget", Username: "a:b"}, "its username has a colon"},
		{pipelines.Feed{Type: pipelines.FeedS3, URL: "https://bucket.s3.amazonaws.com/x"}, "like s3://acme-packages/releases/"},
		{pipelines.Feed{Type: pipelines.FeedS3, URL: "s3://bucket/x"}, "this server reads no buckets"},
		{pipelines.Feed{Type: pipelines.FeedFolder, URL: "packages"}, "its whole path on this server"},
		{pipelines.Feed{Type: pipelines.FeedFolder, URL: "file:///srv"}, "its whole path on this server"},
	} {
		c.feed.Name = "Artifactory"
		_, err := feeds.Open(c.feed, feeds.Access{Password: secret})
		if err == nil || !strings.Contains(err.Error(), c.want) || pipelines.CodeOf(err) != pipelines.Invalid {
			t.Errorf("Open(%+v) = %v, want %q", c.feed, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("Open(%+v) shows the secret: %v", c.feed, err)
		}
	}
}

// With the limits that people get: a dead feed is an error within ten seconds.
func TestADeadFeedEndsWithinTenSeconds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits as long as people do")
	}
	s := feedserver.Start(t, feedserver.Options{})
	s.Fail(feedserver.Drips)
	source, err := feeds.Open(pipelines.Feed{Name: "Artifactory", Type: pipelines.FeedNuGet, URL: s.URL}, feeds.Access{})
	if err != nil {
		t.Fatal(err)
	}
	from := time.Now()
	_, err = source.Fetch(t.Context(), "RandomQuotes", "1.0.0", io.Discard)
	checkTrouble(t, "Fetch", err, "has not answered within 8s")
	if took := time.Since(from); took > 10*time.Second {
		t.Errorf("the error took %v", took)
	}
}
