package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/web/pages"
)

// processPage shows what a project does as a picture, and names the lines of
// text that say so.
func (s *site) processPage(w http.ResponseWriter, r *http.Request) {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	project, err := s.Views.Project(ctx, p, r.PathValue("project"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	v := pages.Process{
		Project: project.ID, Owner: folderOf(project.Owner), Export: "slipway export project " + quoted(project.Name) + " > slipway.yaml",
		Apply: "slipway diff . && slipway apply .",
	}
	if p.Allows(pipelines.ProjectEdit, pipelines.Where{Project: project.Name}) {
		v.Edit = pages.ProjectTextPath(project.ID)
	}
	written, err := s.Catalog.WrittenProject(ctx, p, project.Name)
	switch {
	case pipelines.CodeOf(err) != "":
		v.Problem = toSentence(err.Error())
	case err != nil:
		s.fail(w, r, err)
		return
	}
	v.Steps = nodes(project, s.process(project), written)
	v.Graph = processGraph(project, v.Steps)
	v.Text = textLines(written, v.Steps)
	sentence := plural(len(v.Steps), "step") + "."
	if len(v.Steps) == 0 {
		sentence = "No steps yet: a deployment of this project does nothing."
	}
	v.Frame = s.pageFrame(r, pages.InDashboard, "Process", sentence, projectCrumbs(project.ID, project.Name)...)
	v.Tabs = projectTabs(p, project, pages.ProcessPath(project.ID))
	s.show(w, r, http.StatusOK, pages.ProcessPage(v))
}

// nodes are the steps in words, each with its lines; those of a rolling step
// follow it.
func nodes(project pipelines.Project, rows []pages.ProcessStep, written catalog.Written) []pages.ProcessNode {
	var out []pages.ProcessNode
	add := func(step pipelines.Step, at catalog.WrittenStep) {
		n := pages.ProcessNode{ID: strconv.Itoa(len(out) + 1), ProcessStep: rows[len(out)], First: at.First, Last: at.Last, Settings: settingsFacts(step.Action.Settings)}
		out = append(out, n)
	}
	for i, step := range project.Steps {
		var at catalog.WrittenStep
		if i < len(written.Steps) {
			at = written.Steps[i]
		}
		add(step, at)
		for j, child := range step.Steps {
			var below catalog.WrittenStep
			if j < len(at.Steps) {
				below = at.Steps[j]
			}
			add(child, below)
		}
	}
	return out
}

// processGraph draws the steps behind those they need; a rolling step's are one
// behind the other.
func processGraph(project pipelines.Project, all []pages.ProcessNode) pages.Graph {
	needs, _ := project.Graph() // what is wrong with it was said when it was applied
	last := make([]string, len(project.Steps))
	var g pages.Graph
	at := 0
	take := func(after []string) {
		n := all[at]
		g.Steps = append(g.Steps, pages.GraphStep{
			ID: n.ID, Name: n.Name, Type: n.Type, Plain: true, Needs: after, Note: nodeNote(n),
			Path: pages.ProcessPath(project.ID) + "#step-" + n.ID,
		})
		at++
	}
	for i, step := range project.Steps {
		var after []string
		if i < len(needs) {
			for _, n := range needs[i] {
				after = append(after, last[n])
			}
		}
		take(after)
		for range step.Steps {
			take([]string{all[at-1].ID})
		}
		last[i] = all[at-1].ID
	}
	return g
}

func nodeNote(n pages.ProcessNode) string {
	note := n.Type
	if n.Condition != "" {
		note += " · " + n.Condition
	}
	return note
}

func textLines(written catalog.Written, all []pages.ProcessNode) []pages.TextLine {
	begins := map[int]string{}
	for _, n := range all {
		begins[n.First] = n.ID
	}
	out := make([]pages.TextLine, len(written.Lines))
	for i, text := range written.Lines {
		out[i] = pages.TextLine{Number: i + 1, Text: text, Step: begins[i+1]}
	}
	return out
}

// mostSettings bounds the settings of a step that are listed; all stand in the
// text.
const mostSettings = 100

// settingsFacts are the settings of a step, one by one, in their order.
func settingsFacts(settings json.RawMessage) []pages.Fact {
	var out []pages.Fact
	d := json.NewDecoder(bytes.NewReader(settings))
	d.UseNumber()
	_ = flatten(d, "", &out) // what is no JSON was refused when it was applied
	return out[:min(len(out), mostSettings)]
}

// flatten reads one value, and names each text in it by the way there.
func flatten(d *json.Decoder, path string, out *[]pages.Fact) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	if !nested {
		if token != nil {
			*out = append(*out, pages.Fact{Label: path, Text: strings.TrimRight(fmt.Sprint(token), "\n"), Code: true})
		}
		return nil
	}
	for i := 1; d.More(); i++ {
		name := strconv.Itoa(i)
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name = fmt.Sprint(key)
		}
		if err := flatten(d, strings.TrimSpace(path+" "+name), out); err != nil {
			return err
		}
	}
	_, err = d.Token() // the closing one
	return err
}
