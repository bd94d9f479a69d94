package cli

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

// releaseRequest is the body of POST /v1/releases.
type releaseRequest struct {
	Project  string            `json:"project"`
	Number   string            `json:"number,omitempty"`
	Notes    string            `json:"notes,omitempty"`
	Packages map[string]string `json:"packages,omitempty"`
}

func (p *program) release() *cobra.Command {
	return group("release", "Create and list releases", p.releaseCreate(), p.releaseList())
}

func (p *program) releaseCreate() *cobra.Command {
	c := verb("create PROJECT", "Freeze the project's process and variables with package versions", nil)
	number := c.Flags().String("number", "", "the release's number (default: the proposed one)")
	notes := c.Flags().String("notes", "", "release notes")
	packages := c.Flags().StringArray("package", nil, "ID:VERSION in place of the newest version; may be repeated")
	c.RunE = func(c *cobra.Command, args []string) error {
		in := releaseRequest{Project: args[0], Number: *number, Notes: *notes, Packages: map[string]string{}}
		for _, text := range *packages {
			id, version, ok := strings.Cut(text, ":")
			if !ok || id == "" || version == "" {
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
			p.say("release %s of %s%s", made.Number, args[0], withPackages(made))
			p.say("next: slipway deploy %s %s ENVIRONMENT --follow", quoted(args[0]), quoted(made.Number))
		})
	}
	return c
}

func withPackages(r rest.Release) string {
	var all []string
	for _, s := range r.Packages {
		all = append(all, s.Package+" "+s.Version)
	}
	if len(all) == 0 {
		return ""
	}
	return " with " + strings.Join(all, ", ")
}

func (p *program) releaseList() *cobra.Command {
	return verb("list PROJECT", "List a project's releases and where each may go", func(c *cobra.Command, args []string) error {
		s, err := p.server()
		if err != nil {
			return err
		}
		all := []rest.Release{}
		if err := s.get(c.Context(), at("projects", args[0], "releases"), &all); err != nil {
			return err
		}
		return p.answer(all, func() {
			rows := [][]cell{heading("RELEASE", "CREATED", "BY", "SUCCEEDED IN", "MAY GO TO")}
			for _, r := range all {
				done, open := progress(r)
				rows = append(rows, []cell{plain(r.Number), plain(p.ago(r.Created)), plain(r.CreatedBy), plain(done), plain(open)})
			}
			p.table(rows)
		})
	})
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
