package cli

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

// releaseRequest is the body of POST /v1/releases.
type releaseRequest struct {
	Project  string            `json:"project"`
	Channel  string            `json:"channel,omitempty"`
	Number   string            `json:"number,omitempty"`
	Notes    string            `json:"notes,omitempty"`
	Packages map[string]string `json:"packages,omitempty"`
}

func (p *program) release() *cobra.Command {
	return group("release", "Create and list releases", p.releaseCreate(), p.releaseList(), p.releaseUpdateVariables())
}

func (p *program) releaseCreate() *cobra.Command {
	c := verb("create PROJECT [NUMBER]", "Freeze the project's process and variables with package versions", nil)
	channel := c.Flags().String("channel", "", "the release's channel, whose rules choose the versions (default: the project's default one)")
	number := c.Flags().String("number", "", "the release's number (default: the proposed one)")
	notes := c.Flags().String("notes", "", "release notes")
	packages := c.Flags().StringArray("package", nil, "ID:VERSION or FEED/ID:VERSION in place of the newest version that the channel takes; may be repeated")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			if *number != "" {
				return misuse(c, "the number is said twice: %q and --number %q", args[1], *number)
			}
			*number = args[1]
		}
		in := releaseRequest{Project: args[0], Channel: *channel, Number: *number, Notes: *notes, Packages: map[string]string{}}
		for _, text := range *packages {
			id, version, ok := packageVersion(text)
			if !ok {
				return misuse(c, "a package is written ID:VERSION, like RandomQuotes:1.0.1; got %q", text)
			}
			in.Packages[id] = version
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		var made rest.Release
		if err := s.call(c.Context(), http.MethodPost, at("releases"), in, &made); err != nil {
			return err
		}
		return p.answer(made, func() {
			p.say("release %s of %s%s%s", made.Number, args[0], inChannel(made), withPackages(made))
			for _, why := range made.NotSent {
				p.say("%s", why)
			}
			for _, d := range made.Deployments {
				p.sent(d)
			}
			if len(made.Deployments) > 0 {
				p.say("began by itself, as its lifecycle says: slipway logs %s --follow", made.Deployments[0].ID)
				return
			}
			p.say("next: slipway deploy %s %s ENVIRONMENT --follow", quoted(args[0]), quoted(made.Number))
		})
	}
	return c
}

// packageVersion reads ID:VERSION or ID=VERSION.
func packageVersion(text string) (id, version string, ok bool) {
	cut := strings.IndexAny(text, ":=")
	if cut < 1 || cut == len(text)-1 {
		return "", "", false
	}
	return text[:cut], text[cut+1:], true
}

// inChannel names the channel, but for that of projects that define none.
func inChannel(r rest.Release) string {
	if r.Channel == "" || r.Channel == pipelines.DefaultChannelName {
		return ""
	}
	return " in channel " + r.Channel
}

func withPackages(r rest.Release) string {
	var all []string
	for _, s := range r.Packages {
		one := s.Package + " " + s.Version
		if s.Feed != "" {
			one += " from " + s.Feed
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return ""
	}
	return " with " + strings.Join(all, ", ")
}

func (p *program) releaseList() *cobra.Command {
	return verb("list PROJECT", "List a project's releases and where each may go", p.asking(func(ctx context.Context, s *client, args []string) error {
		all := []rest.Release{}
		if err := s.get(ctx, at("projects", args[0], "releases"), &all); err != nil {
			return err
		}
		return p.answer(all, func() {
			if len(all) == 0 {
				p.say("%s has no release yet: slipway release create %s", args[0], quoted(args[0]))
				return
			}
			p.releases(all)
		})
	}))
}

// releases is a table, with the channels where a project has them.
func (p *program) releases(all []rest.Release) {
	rows := [][]cell{heading("RELEASE", "CHANNEL", "CREATED", "BY", "SUCCEEDED IN", "MAY GO TO")}
	for _, r := range all {
		done, open := progress(r)
		rows = append(rows, []cell{plain(r.Number), plain(r.Channel), plain(p.ago(r.Created)), plain(r.CreatedBy), plain(done), plain(open)})
	}
	if !slices.ContainsFunc(all, func(r rest.Release) bool { return inChannel(r) != "" }) {
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 1, 2)
		}
	}
	p.table(rows)
}

func (p *program) releaseUpdateVariables() *cobra.Command {
	c := verb("update-variables PROJECT RELEASE", "Take the project's variables of today into a release", nil)
	c.Long = `Take the variables of PROJECT, and of its variable sets, as they are today into RELEASE.

A release is frozen when it is made: later edits reach it in no other way. Its
process and packages stay as they are, and deployments that have begun keep the
values they began with.`
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		var found rest.Release
		if err := s.get(ctx, at("projects", args[0], "releases", args[1]), &found); err != nil {
			return err
		}
		var done rest.UpdatedRelease
		if err := s.call(ctx, http.MethodPost, at("releases", found.ID, "variables"), nil, &done); err != nil {
			return err
		}
		return p.answer(done, func() {
			for _, d := range done.Changed {
				p.say("~ %s", oneLine(d.String()))
			}
			if len(done.Changed) == 0 {
				p.say("release %s of %s has today's values already", found.Number, found.Project)
				return
			}
			p.say("release %s of %s has today's variables: %s", found.Number, found.Project, counted(len(done.Changed), "value"))
		})
	})
	return c
}

// progress is where a release has succeeded, and where it may go next.
func progress(r rest.Release) (done, open string) {
	var succeeded, may []string
	for _, e := range r.Progression {
		if e.Succeeded {
			succeeded = append(succeeded, e.Environment)
		} else if e.Open {
			may = append(may, e.Environment)
		}
	}
	return orDash(succeeded), orDash(may)
}

func orDash(words []string) string {
	if len(words) == 0 {
		return "–"
	}
	return strings.Join(words, ", ")
}
