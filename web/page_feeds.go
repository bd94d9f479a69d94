package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/feeds"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
	"slipway/web/route"
)

// feedPageRoutes are the pages of feeds. GET asks a feed where the address says
// so, and changes nothing there or here.
func (s *site) feedPageRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /feeds", Needs: pipelines.FeedView, Serve: s.feedsPage},
		{Pattern: "POST /feeds", Needs: pipelines.FeedEdit, Serve: s.addFeed},
		{Pattern: "GET /feeds/{feed}", Needs: pipelines.FeedView, Serve: s.feedPage},
		{Pattern: "POST /feeds/{feed}/password", Needs: pipelines.SecretEdit, Serve: s.setFeedPassword},
	}
}

func (s *site) feedsPage(w http.ResponseWriter, r *http.Request) {
	s.showFeeds(w, r, http.StatusOK, pages.NewFeed{Type: string(pipelines.FeedNuGet)})
}

func (s *site) showFeeds(w http.ResponseWriter, r *http.Request, status int, form pages.NewFeed) {
	p := s.SignIn.Principal(r)
	all, err := s.Views.Feeds(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Feeds{Frame: s.pageFrame(r, pages.InPackages, "Feeds", "Places outside of Slipway where packages lie.")}
	v.Tabs = packageTabs(pages.FeedsPath)
	for _, f := range all {
		v.Items = append(v.Items, feedRow(f))
	}
	if p.Allows(pipelines.FeedEdit, pipelines.Where{}) {
		v.New = &form
	}
	s.show(w, r, status, pages.FeedsPage(v))
}

func packagesCrumb() pages.Crumb { return pages.Crumb{Text: "Packages", Path: pages.PackagesPath} }

func feedRow(f views.Feed) pages.FeedRow {
	row := pages.FeedRow{ID: f.ID, Name: f.Name, Type: feedTypes[f.Type], Address: f.URL, Password: passwordState(f)}
	if folder, ok := pipelines.OwningFolder(f.Owner); ok {
		row.Folder = folder
	}
	return row
}

// feedTypes are the types as people call them.
var feedTypes = map[pipelines.FeedType]string{pipelines.FeedNuGet: "NuGet", pipelines.FeedS3: "S3", pipelines.FeedFolder: "Folder"}

func passwordState(f views.Feed) string {
	switch {
	case f.Secret == "":
		return ""
	case f.SecretSet:
		return "set"
	}
	return "not set yet"
}

// addFeed shows what a new feed becomes, or saves it.
func (s *site) addFeed(w http.ResponseWriter, r *http.Request) {
	do, typed := r.PostForm.Get("do"), typedValues(r.PostForm)
	typed.Del("password")
	f := feedTyped(typed)
	if do == pages.DoChange {
		s.showFeeds(w, r, http.StatusOK, feedAgain(f, nil))
		return
	}
	shown, err := s.Catalog.PreviewNoun(r.Context(), s.SignIn.Principal(r), catalog.NounEdit{Kind: records.Feeds, Noun: f})
	var made pipelines.Feed
	if err == nil && do == pages.DoSave {
		made, err = s.newFeed(r.Context(), s.SignIn.Principal(r), f, r.PostForm.Get("password"))
	}
	switch found := feedProblems(err); {
	case forPerson(err) && found[0].Field == "password":
		s.previewFeed(w, r, formStatus(err), f, shown, typed, found)
	case forPerson(err):
		s.showFeeds(w, r, formStatus(err), feedAgain(f, found))
	case err != nil:
		s.fail(w, r, err)
	case do == pages.DoSave:
		s.to(w, r, pages.FeedCheckPath(made.ID))
	default:
		s.previewFeed(w, r, http.StatusOK, f, shown, typed, nil)
	}
}

// feedTyped is a new feed as it was typed. Its password becomes a secret of its own.
func feedTyped(v url.Values) pipelines.Feed {
	f := pipelines.Feed{Name: v.Get("name"), Type: pipelines.FeedType(v.Get("type")), URL: v.Get("url"), Username: v.Get("username")}
	if v.Get("secret") != "" {
		f.Secret = "feed-" + f.Name
	}
	return f
}

func feedAgain(f pipelines.Feed, problems []pages.Problem) pages.NewFeed {
	return pages.NewFeed{Name: f.Name, Type: string(f.Type), URL: f.URL, Username: f.Username, Secret: f.Secret != "", Problems: problems}
}

func feedProblems(err error) []pages.Problem {
	at := "feeds[0]."
	return problemsOf(err, map[string]string{at + "name": "name", at + "type": "type", at + "url": "url", at + "username": "username", at + "secret": "secret", "feeds[0]": ""})
}

func (s *site) previewFeed(w http.ResponseWriter, r *http.Request, status int, f pipelines.Feed, shown catalog.Weighed, typed url.Values, problems []pages.Problem) {
	o, err := s.feedAsText(r, "")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	o.path = pages.FeedsPath
	v := pages.FeedPreview{EditPreview: o.preview(shown, typed, catalog.NounEdit{}), Secret: f.Secret, Problems: problems}
	s.show(w, r, status, pages.FeedPreviewPage(v))
}

func (s *site) newFeed(ctx context.Context, p pipelines.Principal, f pipelines.Feed, password string) (pipelines.Feed, error) {
	if password == "" {
		return s.Catalog.AddFeed(ctx, p, f)
	}
	return s.Catalog.AddFeedWithPassword(ctx, p, f, password)
}

func (s *site) setFeedPassword(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	if err := p.Demand(pipelines.SecretEdit, pipelines.Where{}); err != nil {
		s.fail(w, r, err)
		return
	}
	f, err := s.Views.Feed(r.Context(), p, r.PathValue("feed"))
	if err == nil && f.Secret == "" {
		err = pipelines.Refuse(pipelines.Conflict, "feed %s names no secret, so it has no password", f.Name)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if s.passwordSet(w, r, f.ID, f.Secret, r.PostFormValue("password")) {
		s.to(w, r, pages.FeedCheckPath(f.ID))
	}
}

// passwordSet says whether the password was kept; if not, it has answered.
func (s *site) passwordSet(w http.ResponseWriter, r *http.Request, id, secret, password string) bool {
	_, err := s.Catalog.SetSecret(r.Context(), s.SignIn.Principal(r), catalog.Secret{Name: secret, Value: []byte(password)})
	switch {
	case err == nil:
		return true
	case forPerson(err):
		problems := problemsOf(err, nil)
		problems[0].Field = "password"
		s.showFeed(w, r, formStatus(err), id, problems)
	default:
		s.fail(w, r, err)
	}
	return false
}

func (s *site) feedPage(w http.ResponseWriter, r *http.Request) {
	s.showFeed(w, r, http.StatusOK, r.PathValue("feed"), nil)
}

func (s *site) showFeed(w http.ResponseWriter, r *http.Request, status int, id string, problems []pages.Problem) {
	p := s.SignIn.Principal(r)
	f, err := s.Views.Feed(r.Context(), p, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Feed{ID: f.ID, Facts: append(feedFacts(f), s.newsFacts(f.Heard)...), Query: r.URL.Query().Get("q")}
	v.Text = s.textOf(records.Feeds, f.Feed)
	if p.Allows(pipelines.FeedEdit, pipelines.Where{}) {
		v.EditText = pages.TextPath(pages.FeedPath(f.ID))
	}
	if f.Secret != "" && p.Allows(pipelines.SecretEdit, pipelines.Where{}) {
		v.Password = &pages.FeedPassword{Set: f.SecretSet, Problems: problems}
	}
	if r.Method == http.MethodGet {
		if v.Answer, err = s.asked(r, p, f); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	v.Frame = s.pageFrame(r, pages.InPackages, f.Name, "", packagesCrumb(), pages.Crumb{Text: "Feeds", Path: pages.FeedsPath})
	s.show(w, r, status, pages.FeedPage(v))
}

func feedFacts(f views.Feed) []pages.Fact {
	out := []pages.Fact{{Label: "Type", Text: feedTypes[f.Type]}, {Label: "Address", Text: f.URL, Code: true}}
	if f.Username != "" {
		out = append(out, pages.Fact{Label: "User", Text: f.Username})
	}
	if f.Secret != "" {
		out = append(out, pages.Fact{Label: "Password", Text: "in the secret " + f.Secret + ", " + passwordState(f)})
	}
	if folder, ok := pipelines.OwningFolder(f.Owner); ok {
		out = append(out, pages.Fact{Label: "Written in", Text: "the folder " + folder})
	}
	return out
}

// newsFacts are how new versions of the feed become known here.
func (s *site) newsFacts(h views.Heard) []pages.Fact {
	var out []pages.Fact
	if h.Webhook {
		out = append(out, pages.Fact{Label: "Webhook", Text: "its messages are taken"})
	}
	if h.Every != "" {
		fact := pages.Fact{Label: "Asked", Text: "every " + h.Every}
		if last := s.momentOf(h.Asked); last.Text != "" {
			fact.Text, fact.Exact = fact.Text+", last "+last.Text, last.Exact
		}
		out = append(out, fact)
	}
	if since := s.momentOf(h.Since); h.Trouble != "" {
		out = append(out, pages.Fact{Label: "Last trouble", Text: since.Text + ": " + h.Trouble, Exact: since.Exact})
	}
	return out
}

// What a page shows of a feed at most.
const (
	feedIDsShown      = 50
	feedVersionsShown = 30
)

// asked asks the feed what the address of the page says, if it says anything.
// That the feed does not answer is an answer.
func (s *site) asked(r *http.Request, p pipelines.Principal, f views.Feed) (*pages.FeedAnswer, error) {
	query := r.URL.Query()
	out := &pages.FeedAnswer{Package: query.Get("package")}
	began := s.Now()
	var err error
	switch {
	case out.Package != "":
		err = s.feedVersions(r, p, f, out)
	case query.Has("q") || query.Has("check"):
		if out.IDs, err = s.Requests.FeedSearch(r.Context(), p, f.ID, query.Get("q"), feedIDsShown); len(out.IDs) == 0 && err == nil {
			out.Empty = "It has no such package."
		}
	default:
		return nil, nil
	}
	if err != nil && pipelines.CodeOf(err) == "" {
		return nil, err
	}
	if err != nil {
		out.Text = toSentence(err.Error())
		return out, nil
	}
	out.Answers = true
	out.Text = fmt.Sprintf("Answered in %.1f s.", s.Now().Sub(began).Round(100*time.Millisecond).Seconds())
	return out, nil
}

func (s *site) feedVersions(r *http.Request, p pipelines.Principal, f views.Feed, out *pages.FeedAnswer) error {
	all, err := s.Requests.FeedVersions(r.Context(), p, f.ID, out.Package)
	if err != nil {
		return err
	}
	fetched, err := s.Views.FetchedFrom(r.Context(), p, f.ID, out.Package)
	if err != nil {
		return err
	}
	for _, v := range all[:min(len(all), feedVersionsShown)] {
		out.Versions = append(out.Versions, s.feedVersion(v, fetched))
	}
	switch more := len(all) - feedVersionsShown; {
	case len(all) == 0:
		out.Empty = "It has no package " + out.Package + "."
	case more > 0:
		out.More = fmt.Sprintf("And %s more.", plural(more, "version"))
	}
	return nil
}

func (s *site) feedVersion(v feeds.Version, fetched []pipelines.Package) pages.FeedVersion {
	out := pages.FeedVersion{Version: v.Version, Published: s.moment(v.Published)}
	if v.Size > 0 {
		out.Size = size(v.Size)
	}
	for _, one := range fetched {
		if pipelines.SameName(one.Version, v.Version) {
			out.Fetched, out.By, out.SHA256, out.Size = s.moment(one.Arrived), one.ArrivedBy, one.SHA256, size(one.Size)
		}
	}
	return out
}
