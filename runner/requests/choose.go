package requests

import (
	"context"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/steps"
)

// selectPackages chooses, of each package the process installs, the newest
// version that the channel proposes, unless one was asked for, which the channel
// must accept. What comes from a feed is asked for there, and kept here.
func (r *Requests) selectPackages(ctx context.Context, p pipelines.Principal, project pipelines.Project, channel pipelines.Channel, asked map[string]string) ([]pipelines.Selected, error) {
	installs := steps.Installs(r.Types, project.Steps)
	if err := allInstalled(project, installs, asked); err != nil {
		return nil, err
	}
	var out []pipelines.Selected
	var foreign []wish
	for i, one := range installs {
		c := choice{project: project, channel: channel, id: one.Package, feed: one.Feed}
		out = append(out, pipelines.Selected{})
		version := wanted(asked, one)
		if one.Feed != "" {
			foreign = append(foreign, wish{choice: c, version: version, at: i})
			continue
		}
		chosen, err := r.pushed(ctx, c, version)
		if err != nil {
			return nil, aboutPackage(one, err)
		}
		out[i] = chosen
	}
	return out, r.fromFeeds(ctx, p, foreign, out)
}

// pushed chooses among the versions of the built-in feed.
func (r *Requests) pushed(ctx context.Context, c choice, version string) (pipelines.Selected, error) {
	there, err := r.Records.Packages(ctx, c.id)
	if err != nil {
		return pipelines.Selected{}, err
	}
	for _, p := range there {
		c.there = append(c.there, p.Version)
	}
	at, err := c.choose(version)
	if err != nil {
		return pipelines.Selected{}, err
	}
	return selected(there[at]), nil
}

func selected(p pipelines.Package) pipelines.Selected {
	return pipelines.Selected{Package: p.ID, Version: p.Version, SHA256: p.SHA256, Feed: p.Feed, FeedID: p.FeedID}
}

// askedFor names a package among those a release is asked for: by its id, or
// where that is not enough, by FEED/ID.
func askedFor(name string, one steps.Install) (named, exactly bool) {
	feed, id, exactly := strings.Cut(name, "/")
	if !exactly {
		return pipelines.SameName(name, one.Package), false
	}
	if pipelines.SameName(feed, pipelines.BuiltInFeed) {
		feed = ""
	}
	return pipelines.SameName(id, one.Package) && pipelines.SameName(feed, one.Feed), true
}

// wanted is the version asked for; who names the feed, too, is heard first.
func wanted(asked map[string]string, one steps.Install) string {
	found := ""
	for name, version := range asked {
		switch named, exactly := askedFor(name, one); {
		case named && exactly:
			return version
		case named:
			found = version
		}
	}
	return found
}

// allInstalled refuses a version of a package that no step installs.
func allInstalled(project pipelines.Project, installs []steps.Install, asked map[string]string) error {
	for name := range asked {
		if !slices.ContainsFunc(installs, func(one steps.Install) bool { named, _ := askedFor(name, one); return named }) {
			if id, ours := strings.CutPrefix(name, pipelines.BuiltInFeed+"/"); ours {
				return pipelines.Refuse(pipelines.Invalid, "no step of %s installs a package %q from the built-in feed: leave `built-in/` out, or name the feed that the step names", project.Name, id)
			}
			return pipelines.Refuse(pipelines.Invalid, "no step of %s installs a package %q", project.Name, name)
		}
	}
	return nil
}

// choice is the choice of one package's version for a release in a channel.
type choice struct {
	project pipelines.Project
	channel pipelines.Channel
	id      string
	feed    string   // "" is the built-in one
	there   []string // versions, newest first
}

// choose gives the place of the version asked for, or of the one proposed.
func (c choice) choose(version string) (int, error) {
	if version != "" {
		return c.asked(version)
	}
	return c.proposed()
}

func (c choice) asked(version string) (int, error) {
	at := c.find(version)
	if at < 0 {
		return 0, c.missing(version)
	}
	return at, c.accepts(c.there[at])
}

// find is the place of a version. A feed may write 1.0 as 1.0.0; ours are as
// they were pushed.
func (c choice) find(version string) int {
	at := slices.IndexFunc(c.there, func(v string) bool { return strings.EqualFold(v, version) })
	if at < 0 && c.feed != "" {
		at = slices.IndexFunc(c.there, func(v string) bool { return sameVersion(v, version) })
	}
	return at
}

func (c choice) missing(version string) error {
	if c.feed == "" {
		return pipelines.Refuse(pipelines.NotFound, "there is no version %s of package %s: push it first", version, c.id)
	}
	newest := ""
	if len(c.there) > 0 {
		newest = "; its newest is " + c.there[0]
	}
	return pipelines.Refuse(pipelines.NotFound, "feed %s has no version %s of package %s%s", c.feed, version, c.id, newest)
}

// accepts refuses a version that the channel does not take.
func (c choice) accepts(version string) error {
	if ok, why := c.channel.Accepts(c.id, version); !ok {
		return pipelines.Refuse(pipelines.Conflict, "%s: %s", why, c.elsewhere(version))
	}
	return nil
}

// elsewhere names the channels that would accept a version.
func (c choice) elsewhere(version string) string {
	var takers []string
	for _, other := range c.project.AllChannels() {
		if ok, _ := other.Accepts(c.id, version); ok {
			takers = append(takers, other.Name)
		}
	}
	switch len(takers) {
	case 0:
		return "no channel of " + c.project.Name + " accepts it; take another version, or change the rule"
	case 1:
		return "make the release in channel " + takers[0] + ", which accepts it, or take another version"
	}
	return "make the release in one of the channels that accept it (" + strings.Join(takers, ", ") + "), or take another version"
}

// proposed is the newest version that the channel proposes: one that it accepts,
// and a pre-release only by a rule about its tag.
func (c choice) proposed() (int, error) {
	switch {
	case len(c.there) == 0 && c.feed != "":
		return 0, pipelines.Refuse(pipelines.NotFound, "feed %s has no package %s: see what it has with `slipway feed search %q %s`", c.feed, c.id, c.feed, c.id)
	case len(c.there) == 0:
		return 0, pipelines.Refuse(pipelines.NotFound, "package %s has no version yet: `slipway push %s.1.0.0.nupkg`", c.id, c.id)
	}
	accepted := ""
	for i, version := range c.there {
		if c.channel.Proposes(c.id, version) {
			return i, nil
		}
		if ok, _ := c.channel.Accepts(c.id, version); ok && accepted == "" {
			accepted = version
		}
	}
	if accepted != "" {
		return 0, pipelines.Refuse(pipelines.Conflict, "package %s has only pre-releases%s (the newest is %s): name the version you want", c.id, c.forChannel(), accepted)
	}
	_, why := c.channel.Accepts(c.id, c.there[0])
	return 0, pipelines.Refuse(pipelines.Conflict, "%s, nor is an older one: push one that it takes, or make the release in another channel", why)
}

func (c choice) forChannel() string {
	if len(c.channel.Rules) == 0 {
		return ""
	}
	return " that channel " + c.channel.Name + " takes"
}
