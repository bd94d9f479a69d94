package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/web/pages"
)

// targetForm makes targets, and edits what of one that is there is no matter of
// trust: how it is reached, and which keys prove it, is then a matter of its
// text.
type targetForm struct{ *site }

// targetChoices are what the form of a target offers.
type targetChoices struct {
	environments []string
	asks         bool // this process can ask a host for its key
}

func (f targetForm) open(r *http.Request, id string) (openNoun, error) {
	o := openNoun{kind: records.Targets, list: pages.TargetsPath}
	p := f.SignIn.Principal(r)
	if id == "" {
		return f.begin(r, p, o)
	}
	stored, err := f.Views.StoredTarget(r.Context(), p, id)
	if err != nil {
		return o, err
	}
	t := stored.Noun
	if err := catalog.MayCheck(p, t); err != nil {
		return o, err
	}
	if o.choices, err = f.choices(r, p); err != nil {
		return o, err
	}
	o.id, o.noun, o.revision, o.owner, o.what = t.ID, t, stored.Revision, t.Owner, "target "+t.Name
	o.home = pages.TargetPath(t.ID)
	o.path = pages.EditPath(o.home)
	o.frame = f.pageFrame(r, pages.InTargets, "Edit "+t.Name, "", crumb("Targets", pages.TargetsPath), crumb(t.Name, o.home))
	o.removal = &pages.Removal{
		Button: "Remove this target",
		Goes:   "Target " + t.Name + " (" + t.Address() + ") is forgotten, and with it its pinned keys. What was deployed to it stays there, and deployments made before stay on record.",
	}
	return o, nil
}

// begin is the form of a new target, for who may have one somewhere. In place of
// one that is not there any more it is for who could have changed what they have
// typed: of others nobody is told whether they are there.
func (f targetForm) begin(r *http.Request, p pipelines.Principal, o openNoun) (openNoun, error) {
	if !p.AllowsAnywhere(pipelines.MachineEdit) {
		return o, p.Demand(pipelines.MachineEdit, pipelines.Where{})
	}
	if r.PathValue("target") != "" && !f.mayHaveTyped(r, p) {
		return o, pipelines.Refuse(pipelines.NotFound, "there is no such target any more: somebody has removed it")
	}
	var err error
	o.choices, err = f.choices(r, p)
	o.noun, o.what, o.home, o.path, o.made = pipelines.Target{}, "target", pages.TargetsPath, pages.NewPath(pages.TargetsPath), f.made
	o.frame = f.pageFrame(r, pages.InTargets, "Add a target", "A target is one machine that steps run on.", crumb("Targets", pages.TargetsPath))
	return o, err
}

// mayHaveTyped says whether what was typed, in fields or as text, is a target of
// places where this person may change targets.
func (f targetForm) mayHaveTyped(r *http.Request, p pipelines.Principal) bool {
	t := pipelines.Target{Environments: r.PostForm["environments"]}
	if text := r.PostForm.Get("text"); text != "" {
		typed, _ := f.Catalog.ReadText(records.Targets, text)
		t, _ = typed.Noun.(pipelines.Target)
	}
	return len(t.Environments) > 0 && catalog.MayCheck(p, t) == nil
}

// made is the page of a target that has just been added, where it is looked at.
func (f targetForm) made(r *http.Request, noun any) string {
	t, err := f.Views.Target(r.Context(), f.SignIn.Principal(r), noun.(pipelines.Target).Name)
	if err != nil {
		return pages.TargetsPath
	}
	return pages.TargetPath(t.ID)
}

// choices are the environments in which this person may change targets.
func (f targetForm) choices(r *http.Request, p pipelines.Principal) (targetChoices, error) {
	all, err := f.Views.Environments(r.Context(), p)
	all = slices.DeleteFunc(all, func(e pipelines.Environment) bool {
		return !p.Allows(pipelines.MachineEdit, pipelines.Where{Environment: e.Name})
	})
	return targetChoices{namesOf(all, func(e pipelines.Environment) string { return e.Name }), f.CheckTarget != nil}, err
}

func (targetForm) values(noun any) url.Values {
	t := noun.(pipelines.Target)
	v := url.Values{"name": {t.Name}, "roles": {joinLines(t.Roles)}, "environments": t.Environments, "disabled": {yes(t.Disabled)}}
	v.Set("way", "ssh")
	if t.ID != "" {
		v.Del("way") // it is said, and changed, as text
	}
	return v
}

func (targetForm) read(v url.Values, now any) (any, []pages.Problem) {
	t := now.(pipelines.Target)
	before := t.Roles
	if t.ID == "" {
		t = reachedBy(v)
	}
	t.Roles, t.Environments, t.Disabled = filledLines(strings.ReplaceAll(v.Get("roles"), ",", "\n")), v["environments"], v.Get("disabled") != ""
	for _, role := range t.Roles {
		if strings.ContainsAny(role, " \t") && !pipelines.HasName(before, role) {
			return t, []pages.Problem{{Field: "roles", Text: "“" + role + "” has a space in it. Several roles stand one a line, or with commas between them; one role is written with a dash, like web-server."}}
		}
	}
	return t, nil
}

// reachedBy is a new target, reached in the way that was chosen.
func reachedBy(v url.Values) pipelines.Target {
	t := pipelines.Target{Name: trimmed(v, "name")}
	switch v.Get("way") {
	case "ssh":
		t.SSH = &pipelines.SSHAddress{Host: trimmed(v, "ssh.host"), User: trimmed(v, "ssh.user"), HostKeys: filledLines(v.Get("ssh.host-keys")), Key: trimmed(v, "ssh.key")}
	case "ssm":
		t.SSM = &pipelines.SSMAddress{Instance: trimmed(v, "ssm.instance"), Platform: v.Get("ssm.platform")}
	case "local":
		t.Local = trimmed(v, "local")
	case "pretend":
		t.Pretend = trimmed(v, "pretend")
		if t.Pretend == "" {
			t.Pretend = t.Name
		}
		if platform := v.Get("pretend.platform"); platform != "linux" {
			t.Platform = platform
		}
	}
	return t
}

func (targetForm) fields(o openNoun, v url.Values, problems []pages.Problem) templ.Component {
	choices, _ := o.choices.(targetChoices)
	fields := pages.TargetFields{
		Name: v.Get("name"), Roles: v.Get("roles"), Environments: options(choices.environments, v["environments"]), Disabled: v.Get("disabled") != "", Problems: problems,
	}
	if o.id != "" {
		fields.Text = pages.TextPath(o.home)
		fields.Base = o.frame
	}
	if o.id == "" {
		fields.New = &pages.TargetWay{
			Way: v.Get("way"), Asks: choices.asks, Presented: v.Get("presented"),
			Host: v.Get("ssh.host"), User: v.Get("ssh.user"), HostKeys: v.Get("ssh.host-keys"), Key: v.Get("ssh.key"),
			Instance: v.Get("ssm.instance"), Platform: v.Get("ssm.platform"), Local: v.Get("local"), Pretend: v.Get("pretend"), Pretended: v.Get("pretend.platform"),
		}
	}
	return pages.TargetForm(fields)
}
