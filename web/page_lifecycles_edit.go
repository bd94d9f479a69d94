package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

// lifecycleForm edits lifecycles. Its phases stand in the form by number; its
// own buttons renumber what is typed.
type lifecycleForm struct{ *site }

// mostPhases is more than anybody has.
const mostPhases = 100

func (f lifecycleForm) open(r *http.Request, id string) (openNoun, error) {
	o := openNoun{
		kind: records.Lifecycles, noun: pipelines.Lifecycle{Phases: []pipelines.Phase{{}}}, what: "lifecycle",
		list: pages.LifecyclesPath, home: pages.LifecyclesPath, path: pages.NewPath(pages.LifecyclesPath),
	}
	crumbs := []pages.Crumb{crumb("Lifecycles", pages.LifecyclesPath)}
	p := f.SignIn.Principal(r)
	if err := p.Demand(pipelines.LifecycleEdit, pipelines.Where{}); err != nil {
		return o, err
	}
	environments, err := f.Views.Environments(r.Context(), p)
	if err != nil {
		return o, err
	}
	o.choices = namesOf(environments, func(e pipelines.Environment) string { return e.Name })
	if id == "" {
		o.frame = f.pageFrame(r, pages.InLibrary, "Add a lifecycle", "", crumbs...)
		return o, nil
	}
	stored, err := f.Views.Lifecycle(r.Context(), p, id)
	if err != nil {
		return o, err
	}
	l := stored.Noun
	if builtIn(l) {
		return o, pipelines.Refuse(pipelines.Conflict, "the built-in lifecycle follows the environments as they are: change their order, or add a lifecycle of your own")
	}
	o.id, o.noun, o.revision, o.owner, o.what = l.ID, l, stored.Revision, l.Owner, "lifecycle "+l.Name
	o.home = pages.LifecyclePath(l.ID)
	o.path = pages.EditPath(o.home)
	o.frame = f.pageFrame(r, pages.InLibrary, "Edit "+l.Name, "", append(crumbs, crumb(l.Name, o.home))...)
	projects, err := f.Views.Projects(r.Context(), p)
	o.removal = &pages.Removal{
		Button: "Remove this lifecycle", Goes: "Lifecycle " + l.Name + " goes. Releases and deployments stay on record.",
		UsedBy: linksTo(views.GoingBy(projects, l.Name)), Because: "These projects go by it: give them another one first.",
	}
	return o, err
}

func (lifecycleForm) values(noun any) url.Values {
	l := noun.(pipelines.Lifecycle)
	v := url.Values{"name": {l.Name}, "description": {l.Description}, "phases": {strconv.Itoa(len(l.Phases))}}
	setRetention(v, "retention", l.Retention)
	for i, p := range l.Phases {
		set := func(name, value string) {
			if value != "" {
				v.Set(pages.PhaseField(i, name), value)
			}
		}
		set("name", p.Name)
		set("optional", yes(p.Optional))
		set("automatic", yes(p.Automatic))
		if p.Minimum > 0 {
			set("minimum", strconv.Itoa(p.Minimum))
		}
		v[pages.PhaseField(i, "environments")] = p.Environments
		setRetention(v, pages.PhaseField(i, "retention"), p.Retention)
	}
	return v
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

func setRetention(v url.Values, name string, r *pipelines.Retention) {
	if r == nil {
		return
	}
	if r.Keep > 0 {
		v.Set(name+".keep", strconv.Itoa(r.Keep))
	}
	if r.Days > 0 {
		v.Set(name+".days", strconv.Itoa(r.Days))
	}
}

func phaseCount(v url.Values) int {
	n, _ := strconv.Atoi(v.Get("phases"))
	return min(max(n, 0), mostPhases)
}

func (lifecycleForm) read(v url.Values, now any) (any, []pages.Problem) {
	l := now.(pipelines.Lifecycle)
	var n numbers
	l.Name, l.Description, l.Retention, l.Phases = trimmed(v, "name"), trimmed(v, "description"), n.retention(v, "retention"), nil
	for i := range phaseCount(v) {
		p := pipelines.Phase{
			Name: trimmed(v, pages.PhaseField(i, "name")), Environments: v[pages.PhaseField(i, "environments")],
			Optional: v.Get(pages.PhaseField(i, "optional")) != "", Automatic: v.Get(pages.PhaseField(i, "automatic")) != "",
			Minimum: n.read(v, pages.PhaseField(i, "minimum"), pages.PhaseField(i, "minimum")), Retention: n.retention(v, pages.PhaseField(i, "retention")),
		}
		if p.Name == "" && len(p.Environments) > 0 {
			p.Name = p.Environments[0]
		}
		l.Phases = append(l.Phases, p)
	}
	return l, n.problems
}

// numbers reads numbers of a form, and gathers what is none.
type numbers struct{ problems []pages.Problem }

// read is the number typed in a field, 0 for none; field is where a problem
// stands.
func (n *numbers) read(v url.Values, name, field string) int {
	text := trimmed(v, name)
	if text == "" {
		return 0
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 || number > 1_000_000 {
		n.problems = append(n.problems, pages.Problem{Field: field, Text: fmt.Sprintf("This is a whole number, like 3; got %.40q.", text)})
	}
	return number
}

func (n *numbers) retention(v url.Values, name string) *pipelines.Retention {
	r := pipelines.Retention{Keep: n.read(v, name+".keep", name), Days: n.read(v, name+".days", name)}
	if r == (pipelines.Retention{}) {
		return nil
	}
	return &r
}

func (lifecycleForm) fields(o openNoun, v url.Values, problems []pages.Problem) templ.Component {
	out := pages.LifecycleFields{
		Name: v.Get("name"), Fixed: o.id != "", Description: v.Get("description"),
		Keep: v.Get("retention.keep"), Days: v.Get("retention.days"), Problems: problems,
	}
	all, _ := o.choices.([]string)
	for i := range phaseCount(v) {
		field := func(name string) string { return v.Get(pages.PhaseField(i, name)) }
		out.Phases = append(out.Phases, pages.PhaseFields{
			Name: field("name"), Environments: options(all, v[pages.PhaseField(i, "environments")]), Optional: field("optional") != "",
			Automatic: field("automatic") != "", Minimum: field("minimum"), Keep: field("retention.keep"), Days: field("retention.days"),
		})
	}
	return pages.LifecycleForm(out)
}

// options are names to tick. What is chosen and not there (any more) stays
// ticked: it is no accident of the form.
func options(all, chosen []string) []pages.Option {
	var out []pages.Option
	for _, name := range all {
		out = append(out, pages.Option{Text: name, Chosen: pipelines.HasName(chosen, name)})
	}
	for _, name := range chosen {
		if !pipelines.HasName(all, name) {
			out = append(out, pages.Option{Text: name, Chosen: true})
		}
	}
	return out
}

// rearrange adds, moves and takes out phases.
func (lifecycleForm) rearrange(do string, v url.Values) bool {
	n := phaseCount(v)
	all := make([]url.Values, n)
	for i := range all {
		all[i] = takePhase(v, i)
	}
	number := func(prefix string) (int, bool) {
		rest, ok := strings.CutPrefix(do, prefix)
		i, err := strconv.Atoi(rest)
		return i, ok && err == nil && i >= 0 && i < n
	}
	done := true
	if i, ok := number(pages.DoDropPhase); ok {
		all = slices.Delete(all, i, i+1)
	} else if i, ok := number(pages.DoPhaseUp); ok && i > 0 {
		all[i], all[i-1] = all[i-1], all[i]
	} else if i, ok := number(pages.DoPhaseDown); ok && i < n-1 {
		all[i], all[i+1] = all[i+1], all[i]
	} else if do == pages.DoAddPhase && n < mostPhases {
		all = append(all, url.Values{})
	} else {
		done = strings.HasPrefix(do, "phase-")
	}
	for i, phase := range all {
		for name, values := range phase {
			v[pages.PhaseField(i, name)] = values
		}
	}
	v.Set("phases", strconv.Itoa(len(all)))
	return done
}

// takePhase takes the fields of a phase out of the form, by their names within
// the phase.
func takePhase(v url.Values, i int) url.Values {
	out := url.Values{}
	for name, values := range v {
		if field, ok := strings.CutPrefix(name, pages.PhaseField(i, "")); ok {
			out[field] = values
			delete(v, name)
		}
	}
	return out
}
