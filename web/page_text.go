package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/pages"
	"slipway/web/route"
)

// textRoutes are the pages that edit nouns as text, and begin new ones.
func (s *site) textRoutes() []route.Route {
	project := textForm{s, records.Projects, s.projectAsText}
	set := textForm{s, records.VariableSets, s.setAsText}
	feed := textForm{s, records.Feeds, s.feedAsText}
	target := textForm{s, records.Targets, s.targetAsText}
	newSet := setForm{s}
	return []route.Route{
		{Pattern: "GET /projects/new", Needs: pipelines.ProjectEdit, Serve: s.newProjectPage},
		{Pattern: "POST /projects/new", Needs: pipelines.ProjectEdit, Serve: s.beginProject},
		{Pattern: "GET /projects/new/text", Needs: pipelines.ProjectEdit, Serve: s.nounPage(project, "")},
		{Pattern: "POST /projects/new/text", Needs: pipelines.ProjectEdit, Serve: s.saveNoun(project, "")},
		{Pattern: "GET /projects/{project}/text", Needs: pipelines.ProjectView, Serve: s.projectTextPage(project)},
		{Pattern: "POST /projects/{project}/text", Needs: pipelines.ProjectEdit, Serve: s.saveNoun(project, "project")},
		{Pattern: "GET /projects/{project}/steps/new", Needs: pipelines.ProjectEdit, Serve: s.addStepPage},

		{Pattern: "GET /variable-sets/new", Needs: pipelines.ProjectEdit, Serve: s.nounPage(newSet, "")},
		{Pattern: "POST /variable-sets/new", Needs: pipelines.ProjectEdit, Serve: s.saveNoun(newSet, "")},
		{Pattern: "GET /variable-sets/new/text", Needs: pipelines.ProjectEdit, Serve: s.nounPage(set, "")},
		{Pattern: "POST /variable-sets/new/text", Needs: pipelines.ProjectEdit, Serve: s.saveNoun(set, "")},
		{Pattern: "GET /variable-sets/{set}/text", Needs: pipelines.ProjectEdit, Serve: s.nounPage(set, "set")},
		{Pattern: "POST /variable-sets/{set}/text", Needs: pipelines.ProjectEdit, Serve: s.saveNoun(set, "set")},

		{Pattern: "GET /feeds/new/text", Needs: pipelines.FeedEdit, Serve: s.nounPage(feed, "")},
		{Pattern: "POST /feeds/new/text", Needs: pipelines.FeedEdit, Serve: s.saveNoun(feed, "")},
		{Pattern: "GET /feeds/{feed}/text", Needs: pipelines.FeedEdit, Serve: s.nounPage(feed, "feed")},
		{Pattern: "POST /feeds/{feed}/text", Needs: pipelines.FeedEdit, Serve: s.saveNoun(feed, "feed")},

		{Pattern: "GET /targets/new/text", Needs: pipelines.MachineEdit, Serve: s.nounPage(target, "")},
		{Pattern: "POST /targets/new/text", Needs: pipelines.MachineEdit, Serve: s.saveNoun(target, "")},
		{Pattern: "GET /targets/{target}/text", Needs: pipelines.MachineEdit, Serve: s.nounPage(target, "target")},
		{Pattern: "POST /targets/{target}/text", Needs: pipelines.MachineEdit, Serve: s.saveNoun(target, "target")},
	}
}

// textForm edits one noun of a kind as its text, all that a folder could say of
// it. What is typed is read as a folder is, so the same is wrong with it.
type textForm struct {
	*site
	kind records.Kind
	from func(r *http.Request, id string) (openNoun, error)
}

func (f textForm) open(r *http.Request, id string) (openNoun, error) {
	o, err := f.from(r, id)
	o.kind, o.wide = f.kind, true
	return o, err
}

func (f textForm) values(noun any) url.Values { return url.Values{"text": {f.textOf(f.kind, noun)}} }

func (f textForm) read(v url.Values, _ any) (any, []pages.Problem) {
	typed, found := f.Catalog.ReadText(f.kind, v.Get("text"))
	return typed.Noun, atLines(found)
}

func (f textForm) locate(v url.Values, found []pipelines.Problem) []pages.Problem {
	typed, _ := f.Catalog.ReadText(f.kind, v.Get("text")) // it was read before
	return atLines(typed.Locate(found))
}

func (f textForm) fields(o openNoun, v url.Values, problems []pages.Problem) templ.Component {
	help := "All that a folder could say of it. Indent with spaces, two at a time. Values of secrets are no part of it."
	if o.id != "" {
		help += " The name stays."
	}
	return pages.TextForm(pages.TextFields{Label: "Text", Text: v.Get("text"), Help: help, Problems: problems})
}

// atLines are problems as a text shows them: each leads to its line.
func atLines(found []pipelines.Problem) []pages.Problem {
	var out []pages.Problem
	for _, p := range found {
		shown := pages.Problem{Text: toSentence(p.Message)}
		if p.Line > 0 {
			shown = pages.Problem{Field: pages.LineID(p.Line), Text: fmt.Sprintf("Line %d: %s", p.Line, toSentence(p.Message))}
		}
		out = append(out, shown)
	}
	return out
}
