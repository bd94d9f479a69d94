package steps

import (
	"fmt"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// StrayTriggers finds the triggers for packages of a feed that is not there, or
// that no step takes from there, each problem with its path within the project.
func StrayTriggers(types plan.Types, p pipelines.Project, known []pipelines.Feed) []pipelines.Problem {
	var found []pipelines.Problem
	installs := Installs(types, p.Steps)
	for i, t := range p.Triggers {
		if t.Feed == "" {
			continue
		}
		at := fmt.Sprintf("triggers[%d]", i)
		if _, ok := pipelines.FeedNamed(known, t.Feed); !ok {
			found = append(found, pipelines.Problem{Path: at + ".feed", Message: noFeed(t.Feed, known)})
			continue
		}
		takes := func(one Install) bool {
			return pipelines.SameName(one.Package, t.Package) && pipelines.SameName(one.Feed, t.Feed)
		}
		if t.Package != "" && !slices.ContainsFunc(installs, takes) {
			found = append(found, pipelines.Problem{Path: at, Message: fmt.Sprintf("no step installs %s from the feed %s, so a new version of it would make no release: write `feed: %s` beside the package of a step", t.Package, t.Feed, t.Feed)})
		}
	}
	return found
}
