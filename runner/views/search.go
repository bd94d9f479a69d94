package views

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/records"
)

// Found is one thing that a search has found. ID and Project lead to it.
type Found struct {
	Kind    FoundKind
	Name    string
	ID      string
	Project string // the project's id, of what belongs to one
	Note    string // what tells it from others of the name
	rank    int
}

// FoundKind is a kind of things that are searched for.
type FoundKind string

// The kinds.
const (
	FoundProject     FoundKind = "project"
	FoundRelease     FoundKind = "release"
	FoundDeployment  FoundKind = "deployment"
	FoundPackage     FoundKind = "package"
	FoundEnvironment FoundKind = "environment"
	FoundTarget      FoundKind = "target"
	FoundLifecycle   FoundKind = "lifecycle"
	FoundVariableSet FoundKind = "variable set"
	FoundVariable    FoundKind = "variable"
	FoundStep        FoundKind = "step"
	FoundStepType    FoundKind = "step type"
	FoundFeed        FoundKind = "feed"
	FoundUser        FoundKind = "user"
	FoundTeam        FoundKind = "team"
	FoundUserRole    FoundKind = "user role"
)

// FoundGroup is what was found of one kind, best first.
type FoundGroup struct {
	Kind  FoundKind
	Items []Found
	More  int // that are not among the items
}

// What a search looks at and shows: enough for people, and bounded whatever
// there is.
const (
	mostQuery      = 200 // characters
	mostOfGroup    = 10
	releasesLooked = 20 // the newest of a project, and only of those that fit
	projectsLooked = 5
)

// Search finds things by name among all that may be seen, the best first, by
// kind. What may not be seen is neither found nor counted.
func (v *Views) Search(ctx context.Context, p pipelines.Principal, query string) ([]FoundGroup, error) {
	s := search{Views: v, p: p, ask: asked(query)}
	if len(s.ask.words) == 0 {
		return nil, nil
	}
	for _, look := range []func(context.Context) error{s.projects, s.places, s.library, s.people, s.packages, s.deployment} {
		if err := look(ctx); err != nil {
			return nil, err
		}
	}
	return s.groups(), nil
}

// search is one search under way.
type search struct {
	*Views
	p     pipelines.Principal
	ask   question
	found []Found
}

// question is what is searched for, without regard to case.
type question struct {
	whole string
	words []string
}

func asked(text string) question {
	if r := []rune(text); len(r) > mostQuery {
		text = string(r[:mostQuery])
	}
	words := strings.Fields(strings.ToLower(text))
	return question{strings.Join(words, " "), words}
}

// rank says how well a name fits, the lower the better; 0 not at all.
func (q question) rank(name string) int {
	name = strings.ToLower(name)
	at := strings.Index(name, q.whole)
	switch {
	case name == q.whole:
		return 1
	case at == 0:
		return 2
	case at > 0 && strings.ContainsAny(name[at-1:at], " .-_/#"):
		return 3
	case at > 0:
		return 4
	}
	for _, w := range q.words {
		if !strings.Contains(name, w) {
			return 0
		}
	}
	return 5
}

// add notes a thing whose name fits.
func (s *search) add(f Found) {
	if f.rank = s.ask.rank(f.Name); f.rank > 0 {
		s.found = append(s.found, f)
	}
}

// projects finds projects, their releases, and what they hold.
func (s *search) projects(ctx context.Context) error {
	all, err := s.Projects(ctx, s.p)
	if err != nil {
		return err
	}
	looked := 0
	for _, project := range all {
		s.add(Found{Kind: FoundProject, Name: project.Name, ID: project.ID, Note: project.Description})
		s.within(project)
		if !s.p.AllowsIn(pipelines.ReleaseView, project.Name) {
			continue
		}
		if err := s.numbered(ctx, project); err != nil {
			return err
		}
		if looked < projectsLooked && s.ask.about(project.Name) {
			looked++
			if err := s.newestReleases(ctx, project); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *search) within(project pipelines.Project) {
	seen := map[string]bool{}
	for _, x := range project.Variables {
		if key := pipelines.NameKey(x.Name); !seen[key] {
			seen[key] = true
			s.add(Found{Kind: FoundVariable, Name: x.Name, Project: project.ID, Note: project.Name})
		}
	}
	for _, step := range project.AllSteps() {
		s.add(Found{Kind: FoundStep, Name: step.Name, Project: project.ID, Note: project.Name})
	}
}

// numbered finds the one release that has a word of the question as its number.
func (s *search) numbered(ctx context.Context, project pipelines.Project) error {
	for _, word := range s.ask.words {
		if !strings.ContainsAny(word, "0123456789") {
			continue
		}
		head, ok, err := s.Records.ReleaseNumbered(ctx, project.ID, word)
		if err != nil {
			return err
		}
		if ok && s.ask.without(word).fits(project.Name) {
			s.found = append(s.found, release(project, head, 1))
			return nil
		}
	}
	return nil
}

// newestReleases finds releases of a project that the question names in part.
func (s *search) newestReleases(ctx context.Context, project pipelines.Project) error {
	heads, err := s.Records.Shared().Releases(ctx, project.ID, releasesLooked)
	for _, head := range heads {
		known := slices.ContainsFunc(s.found, func(f Found) bool { return f.Kind == FoundRelease && f.Project == project.ID && f.ID == head.Number })
		if rank := s.ask.rank(project.Name + " " + head.Number); rank > 0 && !known {
			s.found = append(s.found, release(project, head, rank+1))
		}
	}
	return err
}

func release(project pipelines.Project, head records.ReleaseHead, rank int) Found {
	return Found{Kind: FoundRelease, Name: project.Name + " " + head.Number, ID: head.Number, Project: project.ID, rank: rank}
}

// about says whether a word of the question is part of a name.
func (q question) about(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(q.words, func(w string) bool { return strings.Contains(name, w) })
}

// fits says whether all words are part of a name; none fits everything.
func (q question) fits(name string) bool { return len(q.words) == 0 || q.rank(name) > 0 }

func (q question) without(word string) question {
	return asked(strings.Join(slices.DeleteFunc(slices.Clone(q.words), func(w string) bool { return w == word }), " "))
}

// places finds environments and targets.
func (s *search) places(ctx context.Context) error {
	environments, err := s.EnvironmentsSeen(ctx, s.p)
	if err != nil {
		return err
	}
	for _, e := range environments {
		s.add(Found{Kind: FoundEnvironment, Name: e.Name, ID: e.ID, Note: e.Description})
	}
	targets, err := s.Targets(ctx, s.p)
	for _, t := range targets {
		s.add(Found{Kind: FoundTarget, Name: t.Name, ID: t.ID, Note: strings.Join(t.Roles, ", ")})
	}
	return err
}

// library finds what deployments go by.
func (s *search) library(ctx context.Context) error {
	lifecycles, err := s.Lifecycles(ctx, s.p)
	if err != nil {
		return err
	}
	for _, l := range lifecycles {
		s.add(Found{Kind: FoundLifecycle, Name: l.Name, ID: l.ID, Note: l.Description})
	}
	for _, e := range steps.Catalogue() {
		f := Found{Kind: FoundStepType, Name: e.Title, ID: e.Name, Note: e.What, rank: s.ask.rank(e.Title)}
		if f.rank == 0 && s.ask.rank(e.Name+" "+strings.Join(e.Words, " ")) > 0 {
			f.rank = 5
		}
		if f.rank > 0 {
			s.found = append(s.found, f)
		}
	}
	if !s.p.Allows(pipelines.ProjectView, pipelines.Where{}) {
		return nil
	}
	sets, err := s.Records.VariableSets(ctx)
	for _, set := range sets {
		s.add(Found{Kind: FoundVariableSet, Name: set.Name, ID: set.ID, Note: set.Description})
		seen := map[string]bool{}
		for _, x := range set.Variables {
			if key := pipelines.NameKey(x.Name); !seen[key] {
				seen[key] = true
				s.add(Found{Kind: FoundVariable, Name: x.Name, ID: set.ID, Note: "variable set " + set.Name})
			}
		}
	}
	return err
}

func (s *search) people(ctx context.Context) error {
	users, err := s.Users(ctx, s.p)
	if err != nil {
		return err
	}
	for _, u := range users {
		f := Found{Kind: FoundUser, Name: u.Called(), ID: u.ID, Note: u.Username}
		if f.rank = s.ask.rank(u.Called()); f.rank == 0 {
			f.rank = s.ask.rank(u.Username)
		}
		if f.rank > 0 {
			s.found = append(s.found, f)
		}
	}
	teams, err := s.Teams(ctx, s.p)
	if err != nil {
		return err
	}
	for _, t := range teams {
		s.add(Found{Kind: FoundTeam, Name: t.Name, ID: t.ID, Note: t.Description})
	}
	if !s.p.AllowsAnywhere(pipelines.UserRoleView) {
		return nil
	}
	roles, err := s.UserRoles(ctx, s.p)
	for _, r := range roles {
		s.add(Found{Kind: FoundUserRole, Name: r.Name, ID: cmp.Or(r.ID, r.Name), Note: r.Description})
	}
	return err
}

// packages finds packages that were pushed, and feeds.
func (s *search) packages(ctx context.Context) error {
	if !s.p.AllowsAnywhere(pipelines.FeedView) {
		return nil
	}
	ids, err := s.Records.PackageIDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		s.add(Found{Kind: FoundPackage, Name: id, ID: id})
	}
	all, err := s.Records.Feeds(ctx)
	for _, f := range all {
		s.add(Found{Kind: FoundFeed, Name: f.Name, ID: f.ID, Note: string(f.Type)})
	}
	return err
}

var deploymentID = regexp.MustCompile(`^(?:deployments-)?(\d{1,12})$`)

// deployment finds the one deployment whose id, or its number, is asked for.
func (s *search) deployment(ctx context.Context) error {
	m := deploymentID.FindStringSubmatch(s.ask.whole)
	if m == nil {
		return nil
	}
	d, err := s.Records.Deployment(ctx, "Deployments-"+m[1])
	switch {
	case pipelines.CodeOf(err) == pipelines.NotFound:
		return nil
	case err != nil:
		return err
	case !s.p.Allows(pipelines.DeploymentView, pipelines.Where{Project: d.Project, Environment: d.Environment}):
		return nil
	}
	s.found = append(s.found, Found{Kind: FoundDeployment, Name: d.ID, ID: d.ID, Project: d.ProjectID, Note: d.Project + " " + d.Release + " to " + d.Environment, rank: 1})
	return nil
}

// groups puts what was found in order: the kind that has the best first.
func (s *search) groups() []FoundGroup {
	slices.SortStableFunc(s.found, func(a, b Found) int {
		return cmp.Or(a.rank-b.rank, len(a.Name)-len(b.Name), strings.Compare(a.Name, b.Name))
	})
	var out []FoundGroup
	for _, f := range s.found {
		i := slices.IndexFunc(out, func(g FoundGroup) bool { return g.Kind == f.Kind })
		if i < 0 {
			i = len(out)
			out = append(out, FoundGroup{Kind: f.Kind})
		}
		if len(out[i].Items) == mostOfGroup {
			out[i].More++
			continue
		}
		out[i].Items = append(out[i].Items, f)
	}
	return out
}
