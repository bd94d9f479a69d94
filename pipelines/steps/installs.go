package steps

import (
	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// Install is a package that a process installs, and the name of the feed it
// comes from; "" is the built-in one.
type Install struct{ Package, Feed string }

// Installs are the packages a process installs, each with its feed. The same id
// in two feeds is two packages.
func Installs(types plan.Types, process []pipelines.Step) []Install {
	var out []Install
	add := func(one Install) {
		for _, have := range out {
			if pipelines.SameName(have.Package, one.Package) && pipelines.SameName(have.Feed, one.Feed) {
				return
			}
		}
		out = append(out, one)
	}
	for _, s := range process {
		if s.Disabled {
			continue
		}
		for _, one := range Installs(types, s.Steps) {
			add(one)
		}
		t, ok := types[s.Action.Type]
		if !ok {
			continue
		}
		if id := t.Package(s.Action.Settings); id != "" {
			add(Install{id, plan.FeedOf(t, s.Action.Settings)})
		}
	}
	return out
}

// UnknownFeeds finds the steps that name a feed that is not there, each problem
// with its path within the project.
func UnknownFeeds(types plan.Types, p pipelines.Project, known []pipelines.Feed) []pipelines.Problem {
	var found []pipelines.Problem
	for at, s := range p.AllSteps() {
		t, ok := types[s.Action.Type]
		if !ok {
			continue
		}
		feed := plan.FeedOf(t, s.Action.Settings)
		if feed == "" {
			continue
		}
		if _, ok := pipelines.FeedNamed(known, feed); !ok {
			found = append(found, pipelines.Problem{Path: at.Path() + "." + s.Action.Type + ".feed", Message: noFeed(feed, known)})
		}
	}
	return found
}

func noFeed(feed string, known []pipelines.Feed) string {
	if pipelines.SameName(feed, pipelines.BuiltInFeed) {
		return "the built-in feed is the one that needs no naming: leave `feed` out"
	}
	message := "there is no feed \"" + feed + "\": write it into `feeds:`, or leave `feed` out for the built-in one"
	for i, f := range known {
		if i == 0 {
			message += "; there are: "
		} else {
			message += ", "
		}
		message += f.Name
	}
	return message
}
