package web

import (
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/views"
	"slipway/web/pages"
)

// channelOf is the name of a release's channel where it says something: not in a
// project that has one only.
func channelOf(project pipelines.Project, release pipelines.Release) string {
	name := release.ChannelName()
	all := project.AllChannels()
	if len(all) == 1 && pipelines.SameName(all[0].Name, name) || len(project.Channels) == 0 && release.Channel == "" {
		return ""
	}
	return name
}

// channels are those of a project that has several.
func channels(row views.Row) []pages.Channel {
	if len(row.Channels) < 2 {
		return nil
	}
	standard := row.Default()
	var out []pages.Channel
	for _, c := range row.Channels {
		shown := pages.Channel{Name: c.Name, Description: c.Description, Default: c.Name == standard.Name, Lifecycle: "Goes by the lifecycle " + c.Lifecycle.Name}
		for _, r := range c.Rules {
			shown.Rules = append(shown.Rules, versionRule(r))
		}
		if c.Lifecycle.Name != standard.Lifecycle.Name {
			shown.Phases = phases(c.Lifecycle)
		}
		out = append(out, shown)
	}
	return out
}

func versionRule(r pipelines.VersionRule) string {
	of := "every package"
	if len(r.Packages) > 0 {
		names := slices.Clone(r.Packages)
		of = anded(names)
	}
	return "Takes of " + of + " only " + strings.TrimSuffix(r.String(), ".") + "."
}
