package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/feednews"
	"slipway/runner/requests"
	"slipway/web/credentials"
	"slipway/web/rest"
	"slipway/web/route"
)

// webhookRoutes are what a feed calls that has something new, with a token of its
// own in place of a session, and who makes that token.
func (a *API) webhookRoutes() []route.Route {
	return []route.Route{
		{Pattern: "PUT /v1/feeds/{feed}/webhook", Needs: pipelines.FeedEdit, Serve: a.answer(a.newWebhook)},
		{Pattern: "DELETE /v1/feeds/{feed}/webhook", Needs: pipelines.FeedEdit, Serve: a.answer(a.removeWebhook)},
		{Pattern: "POST /v1/feeds/{feed}/webhook", Public: true, MaxBody: feednews.LargestMessage, Serve: a.announce},
		{Pattern: "POST /v1/feeds/{feed}/webhook/{token}", Public: true, MaxBody: feednews.LargestMessage, Serve: a.announce},
	}
}

func (a *API) newWebhook(r *http.Request, p pipelines.Principal) (any, error) {
	f, token, err := a.Catalog.NewWebhook(r.Context(), p, r.PathValue("feed"), func() (token, hash string, err error) {
		return credentials.NewWebhook(a.SignIn.Env.Random)
	})
	return rest.NewWebhook{Feed: f.Name, URL: a.BaseURL + "/v1/feeds/" + url.PathEscape(f.ID) + "/webhook", Token: token}, err
}

func (a *API) removeWebhook(r *http.Request, p pipelines.Principal) (any, error) {
	return nil, a.Catalog.RemoveWebhook(r.Context(), p, r.PathValue("feed"))
}

// announce takes the message of a feed. Nobody is asked who is signed in: a token
// in the header where others send keys is no attempt at one.
func (a *API) announce(w http.ResponseWriter, r *http.Request) {
	out, err := a.announced(r)
	if err == nil {
		err = write(w, out)
	}
	if err != nil {
		a.Fail(w, r, err)
	}
}

// announced says what became of a message. Nothing of it is read before the token
// is known to be right.
func (a *API) announced(r *http.Request) (any, error) {
	f, err := a.Requests.FeedOfWebhook(r.Context(), r.PathValue("feed"), credentials.WebhookHash(webhookToken(r)))
	if err != nil {
		return nil, err
	}
	message, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	news, err := feednews.Read(message, f.Webhook)
	switch {
	case errors.Is(err, feednews.ErrNoPackage):
		return rest.Announced{Outcome: "no package"}, nil
	case errors.Is(err, feednews.ErrOther):
		return nil, nil
	case err != nil:
		return nil, err
	}
	ctx, stop := tillDone(r.Context())
	defer stop()
	heard, err := a.Requests.Announced(ctx, requests.FromWebhook(f), f.ID, news.Package, news.Version)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		// A feed may tell of a file before it lists it: whoever repeats the message
		// on such an answer finds it later.
		return nil, pipelines.Refuse(pipelines.Unavailable, "%s; if it was put there just now, send this again in a minute", err)
	}
	return announcedOf(news, heard), err
}

// webhookToken is where senders can put it: Artifactory has a header for it,
// others one of their own choice, and some only an address.
func webhookToken(r *http.Request) string {
	if token := r.PathValue("token"); token != "" {
		return token
	}
	if token := r.Header.Get("X-JFrog-Event-Auth"); token != "" {
		return token
	}
	given := r.Header.Get("Authorization")
	if scheme, token, ok := strings.Cut(given, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return token
	}
	return given
}

func unreadable(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	return pipelines.Refuse(pipelines.Invalid, "the message did not come whole: send it again")
}

// longestNews is how long one message may keep us at work, where nobody says less.
const longestNews = 5 * time.Minute

// tillDone goes on when the sender hangs up, as they do after seconds: the news
// is no less true then.
func tillDone(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(context.WithoutCancel(ctx), deadline)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), longestNews)
}

func announcedOf(news feednews.News, heard requests.Received) rest.Announced {
	out := rest.Announced{Package: news.Package, Version: news.Version, Outcome: "nobody waits", Problems: heard.Problems, NotSent: heard.NotSent}
	if heard.Package.ID == "" {
		return out
	}
	out.Package, out.Version, out.Outcome = heard.Package.ID, heard.Package.Version, "fetched"
	if heard.Existed {
		out.Outcome = "known"
	}
	for _, release := range heard.Releases {
		out.Releases = append(out.Releases, release.Number)
	}
	for _, d := range heard.Deployments {
		out.Deployments = append(out.Deployments, d.ID)
	}
	return out
}
