package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/runner/views"
)

// withStep is a project with a step of a type at its end, as the catalogue shows
// one, made to fit what there is.
func (s *site) withStep(r *http.Request, project pipelines.Project, stepType string) (pipelines.Project, error) {
	e, ok := steps.CatalogueEntry(stepType)
	if !ok {
		return project, pipelines.Refuse(pipelines.NotFound, "there is no step type %.60q: the list of step types has those there are", stepType)
	}
	e.Sample = strings.ReplaceAll(e.Sample, samplePackage, packageFor(project))
	step, err := s.Catalog.StepOf(e.WholeText())
	if err != nil {
		return project, err
	}
	if step, err = s.fitting(r, step); err != nil {
		return project, err
	}
	step.Name = freeName(project, step.Name)
	project.Steps = append(slices.Clone(project.Steps), step)
	return project, nil
}

// samplePackage is the package in the catalogue's examples.
const samplePackage = "RandomQuotes"

// packageFor is the package that a new step of a project is likely to be about:
// what it installs already, or one of its own name.
func packageFor(project pipelines.Project) string {
	for _, installed := range steps.Installs(steps.Types(), project.Steps) {
		if plainID(installed.Package) {
			return installed.Package
		}
	}
	if id := strings.ReplaceAll(project.Name, " ", ""); plainID(id) {
		return id
	}
	return samplePackage
}

func plainID(id string) bool {
	return id != "" && len(id) <= 100 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}

// fitting takes out of an example what it names and is not here.
func (s *site) fitting(r *http.Request, step pipelines.Step) (pipelines.Step, error) {
	p := s.SignIn.Principal(r)
	environments, err := s.Views.Environments(r.Context(), p)
	if err != nil {
		return step, err
	}
	step.SkipEnvironments = slices.DeleteFunc(slices.Clone(step.SkipEnvironments), func(name string) bool {
		_, known := pipelines.EnvironmentNamed(environments, name)
		return !known
	})
	settings := map[string]json.RawMessage{}
	if err := json.Unmarshal(step.Action.Settings, &settings); err != nil {
		return step, fmt.Errorf("read the settings of an example: %w", err)
	}
	if err := s.knownOnly(r, settings); err != nil {
		return step, err
	}
	step.Action.Settings, err = json.Marshal(settings)
	return step, err
}

// knownOnly takes out a feed and teams that are not here.
func (s *site) knownOnly(r *http.Request, settings map[string]json.RawMessage) error {
	p := s.SignIn.Principal(r)
	feeds, err := s.Views.Feeds(r.Context(), p)
	if err != nil {
		return err
	}
	teams, err := s.Views.Teams(r.Context(), p)
	if err != nil {
		return err
	}
	dropUnknown(settings, "feed", namesOf(feeds, func(f views.Feed) string { return f.Name }))
	dropUnknown(settings, "teams", namesOf(teams, func(t pipelines.Team) string { return t.Name }))
	return nil
}

// dropUnknown takes a setting out that is a name, or names, of which one is not
// known.
func dropUnknown(settings map[string]json.RawMessage, key string, known []string) {
	raw, ok := settings[key]
	if !ok {
		return
	}
	var one string
	names := []string{}
	if json.Unmarshal(raw, &one) == nil {
		names = append(names, one)
	} else if json.Unmarshal(raw, &names) != nil {
		return
	}
	if slices.ContainsFunc(names, func(name string) bool { return !pipelines.HasName(known, name) }) {
		delete(settings, key)
	}
}

// freeName is a name that no step of a project has.
func freeName(project pipelines.Project, name string) string {
	var taken []string
	for _, step := range project.AllSteps() {
		taken = append(taken, step.Name)
	}
	free := name
	for n := 2; pipelines.HasName(taken, free); n++ {
		free = fmt.Sprintf("%s %d", name, n)
	}
	return free
}
