package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

func (s *site) targetsPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	all, err := s.Views.Machines(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Targets{
		Frame:      s.pageFrame(r, pages.InTargets, "Targets", ""),
		AddCommand: "slipway target add web-1 --ssh deploy@web-1.example.org --role web --environment Dev",
	}
	v.Tabs = targetTabs(p, pages.TargetsPath)
	if p.AllowsAnywhere(pipelines.MachineEdit) {
		v.New = pages.NewPath(pages.TargetsPath)
	}
	for _, m := range all {
		v.Items = append(v.Items, s.targetRow(m))
	}
	v.Sentence = targetsSentence(v.Items)
	s.show(w, r, http.StatusOK, pages.TargetsPage(v))
}

// targetsSentence counts targets by what the last look at each has found.
func targetsSentence(all []pages.TargetRow) string {
	if len(all) == 0 {
		return ""
	}
	counts, words := map[string]int{}, []string(nil)
	for _, t := range all {
		word := strings.ToLower(t.HealthWord[:1]) + t.HealthWord[1:]
		if counts[word]++; counts[word] == 1 {
			words = append(words, word)
		}
	}
	said := plural(len(all), "target") + ": "
	for i, word := range words {
		words[i] = strconv.Itoa(counts[word]) + " " + word
	}
	return said + strings.Join(words, ", ") + "."
}

// targetRow is a target with its health: what the last look has found. Nobody
// watches hosts, so more is not known.
func (s *site) targetRow(m views.Machine) pages.TargetRow {
	row := pages.TargetRow{
		ID: m.ID, Name: m.Name, Address: m.Address(), Roles: m.Roles, Environments: m.Environments, Disabled: m.Disabled,
		Health: pages.Unknown, HealthWord: "Never looked at",
	}
	if len(m.ExecutorKey) > 0 {
		row.HealthWord = "Reached before"
	}
	switch c := m.Check; {
	case c == nil:
	case c.Problem != "":
		row.Health, row.HealthWord, row.Checked, row.Detail = pages.Failed, "Could not be used", s.moment(c.At), toSentence(c.Problem)
	case len(c.Missing) > 0:
		row.Health, row.HealthWord, row.Checked, row.Detail = pages.Waiting, "Lacks something", s.moment(c.At), toSentence(c.Missing[0])
	default:
		row.Health, row.HealthWord, row.Checked, row.Detail = pages.Succeeded, "Answered", s.moment(c.At), c.System
	}
	return row
}

func (s *site) targetPage(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	m, err := s.Views.Machine(r.Context(), p, r.PathValue("target"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	v, err := s.target(r, p, m)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, pages.TargetPage(v))
}

func (s *site) target(r *http.Request, p pipelines.Principal, m views.Machine) (pages.Target, error) {
	v := pages.Target{
		ID: m.ID, Folder: folderOf(m.Owner), Facts: targetFacts(m), Health: s.targetRow(m), Roles: m.Roles, Disabled: m.Disabled,
		CheckCommand: "slipway target check " + quoted(m.Name), Text: s.textOf(records.Targets, m.Target),
	}
	if catalog.MayCheck(p, m.Target) == nil {
		v.Edit = pages.EditPath(pages.TargetPath(m.ID))
		v.EditText = pages.TextPath(pages.TargetPath(m.ID))
		v.Check = s.CheckTarget != nil
	}
	if m.SSH != nil && m.SSH.Key != "" && p.Allows(pipelines.SecretEdit, pipelines.Where{}) {
		v.Key = m.SSH.Key
	}
	if m.Check != nil {
		v.Missing = append(v.Missing, m.Check.Missing...)
		for _, command := range m.Check.NoSudo {
			v.Missing = append(v.Missing, "sudo refuses without a password: "+command)
		}
	}
	link, err := s.environmentLinks(r, p)
	if err != nil {
		return v, err
	}
	for _, name := range m.Environments {
		v.Environments = append(v.Environments, link(name))
	}
	now, arrived, err := s.Views.OnTarget(r.Context(), p, m.Target)
	if err != nil {
		return v, err
	}
	for _, one := range now {
		v.Here = append(v.Here, s.running(one, link))
	}
	for _, a := range arrived {
		v.Arrived = append(v.Arrived, s.arrived(a))
	}
	sentence := fmt.Sprintf("%s in %s", ored(m.Roles), anded(m.Environments))
	if m.Disabled {
		sentence = "disabled: deployments leave it out"
	}
	v.Frame = s.pageFrame(r, pages.InTargets, m.Name, toSentence(sentence), crumb("Targets", pages.TargetsPath))
	return v, nil
}

func targetFacts(m views.Machine) []pages.Fact {
	out := []pages.Fact{{Label: "Address", Text: m.Address(), Code: true}}
	if m.SSH != nil {
		key := "that of the server"
		if m.SSH.Key != "" {
			key = "the secret " + m.SSH.Key
		}
		out = append(out, pages.Fact{Label: "Host key", Text: strings.Join(m.SSH.HostKeys, "\n"), Code: true}, pages.Fact{Label: "Reached with", Text: key})
	}
	if m.SSM != nil {
		out = append(out, pages.Fact{Label: "Platform", Text: m.SSM.Platform})
	}
	if m.Platform != "" {
		out = append(out, pages.Fact{Label: "Platform", Text: m.Platform})
	}
	c := m.Check
	if c == nil || c.Problem != "" {
		return out
	}
	for _, f := range []pages.Fact{{Label: "System", Text: strings.TrimSpace(c.System + " " + c.Arch)}, {Label: "Shell", Text: c.Shell, Code: true}, {Label: "Applications go to", Text: c.Home, Code: true}} {
		if f.Text != "" {
			out = append(out, f)
		}
	}
	if c.FreeBytes > 0 {
		out = append(out, pages.Fact{Label: "Free on that disk", Text: size(c.FreeBytes)})
	}
	return append(out, pages.Fact{Label: "Last looked at by", Text: c.By})
}

func (s *site) running(one views.Running, link func(string) pages.Link) pages.HereRow {
	at := link(one.Environment)
	row := pages.HereRow{
		Project: one.Project.Name, ProjectPath: pages.ProjectPath(one.Project.ID), Environment: at.Text, EnvironmentPath: at.Path,
		Step: one.Step, What: one.Package + " " + one.Version, State: pages.Succeeded, When: s.moment(one.At),
		Deployment: one.Deployment, Path: pages.DeploymentPath(one.Deployment),
	}
	if one.Release != "" {
		row.Note = "release " + one.Release
	}
	return row
}

func (s *site) arrived(a views.Arrived) pages.ArrivedRow {
	row := pages.ArrivedRow{
		Path: pages.DeploymentPath(a.ID), Project: a.Project, Release: a.Release, Environment: a.Environment,
		Packages: a.Packages, State: stateOf(a.Status), When: s.moment(a.At), By: by(a.CreatedBy, a.Via),
	}
	if !a.Came {
		row.State = pages.Failed // here, whatever became of it elsewhere
	}
	return row
}

// checkTarget contacts a target, and keeps what was found.
func (s *site) checkTarget(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	t, err := s.Views.Target(r.Context(), p, r.PathValue("target"))
	if err == nil {
		err = catalog.MayCheck(p, t)
	}
	if err == nil && s.CheckTarget == nil {
		err = pipelines.Refuse(pipelines.Unavailable, "this server contacts no hosts: check the target where deployments are run")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	facts, problem := s.CheckTarget(r.Context(), t)
	if r.Context().Err() != nil {
		return // who asked has gone
	}
	why := ""
	if problem != nil {
		why = problem.Error()
	}
	if err := s.Catalog.KeepCheck(r.Context(), p, t, facts, why); err != nil {
		s.fail(w, r, err)
		return
	}
	s.to(w, r, pages.TargetPath(t.ID)+"?now=checked")
}
