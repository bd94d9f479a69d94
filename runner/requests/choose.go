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
// must accept.
func (r *Requests) selectPackages(ctx context.Context, project pipelines.Project, channel pipelines.Channel, asked map[string]string) ([]pipelines.Selected, error) {
	var out []pipelines.Selected
	for _, id := range steps.Packages(r.Types, project.Steps) {
		there, err := r.Records.Packages(ctx, id)
		if err != nil {
			return nil, err
		}
		c := choice{project: project, channel: channel, id: id, there: there}
		var chosen pipelines.Package
		if version := wanted(asked, id); version != "" {
			chosen, err = c.asked(version)
		} else {
			chosen, err = c.proposed()
		}
		if err != nil {
			return nil, err
		}
		out = append(out, pipelines.Selected{Package: chosen.ID, Version: chosen.Version, SHA256: chosen.SHA256})
	}
	for id := range asked {
		if !selects(out, id) {
			return nil, pipelines.Refuse(pipelines.Invalid, "no step of %s installs a package %q", project.Name, id)
		}
	}
	return out, nil
}

func wanted(asked map[string]string, id string) string {
	for name, version := range asked {
		if pipelines.SameName(name, id) {
			return version
		}
	}
	return ""
}

func selects(all []pipelines.Selected, id string) bool {
	return slices.ContainsFunc(all, func(s pipelines.Selected) bool { return pipelines.SameName(s.Package, id) })
}

// choice is the choice of one package's version for a release in a channel.
type choice struct {
	project pipelines.Project
	channel pipelines.Channel
	id      string
	there   []pipelines.Package // newest first
}

func (c choice) asked(version string) (pipelines.Package, error) {
	for _, p := range c.there {
		if !strings.EqualFold(p.Version, version) {
			continue
		}
		if ok, why := c.channel.Accepts(c.id, p.Version); !ok {
			return pipelines.Package{}, pipelines.Refuse(pipelines.Conflict, "%s: %s", why, c.elsewhere(p.Version))
		}
		return p, nil
	}
	return pipelines.Package{}, pipelines.Refuse(pipelines.NotFound, "there is no version %s of package %s: push it first", version, c.id)
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
func (c choice) proposed() (pipelines.Package, error) {
	if len(c.there) == 0 {
		return pipelines.Package{}, pipelines.Refuse(pipelines.NotFound, "package %s has no version yet: `slipway push %s.1.0.0.nupkg`", c.id, c.id)
	}
	accepted := ""
	for _, p := range c.there {
		if c.channel.Proposes(c.id, p.Version) {
			return p, nil
		}
		if ok, _ := c.channel.Accepts(c.id, p.Version); ok && accepted == "" {
			accepted = p.Version
		}
	}
	if accepted != "" {
		return pipelines.Package{}, pipelines.Refuse(pipelines.Conflict, "package %s has only pre-releases%s (the newest is %s): name the version you want", c.id, c.forChannel(), accepted)
	}
	_, why := c.channel.Accepts(c.id, c.there[0].Version)
	return pipelines.Package{}, pipelines.Refuse(pipelines.Conflict, "%s, nor is an older one: push one that it takes, or make the release in another channel", why)
}

func (c choice) forChannel() string {
	if len(c.channel.Rules) == 0 {
		return ""
	}
	return " that channel " + c.channel.Name + " takes"
}
