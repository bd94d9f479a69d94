package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) feed() *cobra.Command {
	return group("feed", "Add, ask and list feeds: places outside of Slipway where packages lie",
		p.feedAdd(), p.feedCheck(), p.feedFetch(), p.feedList(), p.feedRemove(), p.feedSearch(), p.feedSetPassword(), p.feedVersions(), p.feedWebhook())
}

func (p *program) feedList() *cobra.Command {
	return verb("list", "List feeds", p.asking(func(ctx context.Context, s *client, _ []string) error {
		all, err := s.feeds(ctx)
		if err != nil {
			return err
		}
		return p.answer(all, func() {
			if len(all) == 0 {
				p.say("there is no feed but the built-in one: slipway feed add NAME --type nuget --at URL")
				return
			}
			rows := [][]cell{heading("FEED", "TYPE", "ADDRESS", "USER", "PASSWORD", "NEWS BY", "LAST ASKED")}
			for _, f := range all {
				rows = append(rows, []cell{plain(f.Name), plain(string(f.Type)), plain(f.URL), plain(dash(f.Username)), plain(passwordOf(f)), plain(newsBy(f.Heard)), plain(p.since(f.Heard.Asked))})
			}
			p.table(rows)
			for _, f := range all {
				if f.Heard.Trouble != "" {
					p.say("feed %s, last trouble %s: %s", f.Name, p.since(f.Heard.Since), oneLine(f.Heard.Trouble))
				}
			}
		})
	}))
}

func (c *client) feeds(ctx context.Context) ([]rest.Feed, error) {
	all := []rest.Feed{}
	return all, c.get(ctx, at("feeds"), &all)
}

func dash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// newsBy says how new versions become known.
func newsBy(h rest.FeedHeard) string {
	var ways []string
	if h.Webhook {
		ways = append(ways, "webhook")
	}
	if h.Every != "" {
		ways = append(ways, "asked every "+h.Every)
	}
	return dash(strings.Join(ways, ", "))
}

// passwordOf says where the password is, never what it is.
func passwordOf(f rest.Feed) string {
	switch {
	case f.Secret == "":
		return "–"
	case !f.SecretSet:
		return "secret " + f.Secret + ", not set yet"
	}
	return "secret " + f.Secret
}

func (p *program) feedSearch() *cobra.Command {
	c := verb("search NAME TEXT", "List the packages of a feed whose ids contain a text", nil)
	take := c.Flags().Int("take", 20, "how many at most")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		ids := []string{}
		if err := s.get(ctx, at("feeds", args[0], "packages")+"?"+url.Values{"search": {args[1]}, "take": {fmt.Sprint(*take)}}.Encode(), &ids); err != nil {
			return err
		}
		return p.answer(ids, func() {
			for _, id := range ids {
				p.say("%s", id)
			}
			if len(ids) == 0 {
				p.say("feed %s has no package whose id contains %q", args[0], args[1])
			}
		})
	})
	return c
}

func (p *program) feedVersions() *cobra.Command {
	c := verb("versions NAME PACKAGE", "List the versions of a package in a feed, newest first, and which were fetched", nil)
	take := c.Flags().Int("take", 20, "how many at most")
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		all := []rest.FeedVersion{}
		if err := s.get(ctx, at("feeds", args[0], "packages", args[1])+fmt.Sprintf("?take=%d", *take), &all); err != nil {
			return err
		}
		if len(all) == 0 { // an exit code that a build can trip over
			return pipelines.Refuse(pipelines.NotFound, "feed %s has no package %s: `slipway feed search %s TEXT` lists what it has", args[0], args[1], args[0])
		}
		return p.answer(all, func() { p.feedVersionTable(all) })
	})
	return c
}

func (p *program) feedVersionTable(all []rest.FeedVersion) {
	rows := [][]cell{heading("VERSION", "PUBLISHED", "SIZE", "FETCHED", "SHA-256")}
	for _, v := range all {
		size := "–"
		if v.Size > 0 {
			size = bytesOf(v.Size)
		}
		rows = append(rows, []cell{plain(v.Version), plain(p.since(v.Published)), plain(size), plain(p.since(v.Fetched)), plain(dash(v.SHA256))})
	}
	p.table(rows)
}

func (p *program) since(t *time.Time) string {
	if t == nil {
		return "–"
	}
	return p.ago(*t)
}

func (p *program) feedCheck() *cobra.Command {
	c := verb("check NAME [PACKAGE]", "Ask a feed now, and say what it answers and how long it took", nil)
	c.Long = `Ask a feed now: for the newest versions of PACKAGE, or for some packages where
none is named. Ends with 1 when the feed cannot be asked, or has no such
package.`
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		path := at("feeds", args[0], "check")
		if len(args) > 1 {
			path += "?package=" + url.QueryEscape(args[1])
		}
		var found rest.FeedCheck
		if err := s.get(ctx, path, &found); err != nil {
			return err
		}
		if err := p.answer(found, func() { p.feedChecked(found) }); err != nil {
			return err
		}
		if !found.Answers || found.Package != "" && len(found.Versions) == 0 {
			return exit(codeFailed)
		}
		return nil
	})
	return c
}

func (p *program) feedChecked(found rest.FeedCheck) {
	took := lasted(time.Duration(found.Took * float64(time.Second)))
	if !found.Answers {
		p.table([][]cell{
			{shaped(pipelines.Failed, "answers"), plain(oneLine(found.Problem))},
			{plain("took"), plain(took)},
		})
		return
	}
	p.table([][]cell{
		{shaped(pipelines.Succeeded, "answers"), plain(found.URL)},
		{plain("took"), plain(took)},
	})
	switch {
	case found.Package != "" && len(found.Versions) == 0:
		p.say("it has no package %s", found.Package)
	case found.Package != "":
		p.feedVersionTable(found.Versions)
	case len(found.Packages) == 0:
		p.say("it lists no package")
	default:
		for _, id := range found.Packages {
			p.say("%s", id)
		}
	}
}

func (p *program) feedFetch() *cobra.Command {
	return verb("fetch NAME PACKAGE VERSION", "Fetch a version now; one that was fetched before must be the same still", p.asking(func(ctx context.Context, s *client, args []string) error {
		var got pipelines.Package
		if err := s.call(ctx, http.MethodPost, at("feeds", args[0], "packages", args[1], args[2]), nil, &got); err != nil {
			return err
		}
		return p.answer(got, func() {
			p.say("%s %s from feed %s, %s, SHA-256 %s", got.ID, got.Version, got.Feed, bytesOf(got.Size), got.SHA256)
		})
	}))
}
