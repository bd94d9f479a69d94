package pipelines

import (
	"regexp"
	"strings"

	"slipway/pipelines/versions"
)

// Covers says whether the rule is about a package: without names it is about
// all.
func (r VersionRule) Covers(packageID string) bool {
	return len(r.Packages) == 0 || HasName(r.Packages, packageID)
}

// accepts judges one version by one rule; asked says that the rule names
// pre-releases like this one, so that nobody gets it by surprise.
func (r VersionRule) accepts(v versions.Version) (ok, asked bool) {
	inRange, err := ParseVersionRange(r.Versions)
	if err != nil || !inRange.Holds(v) {
		return false, false
	}
	if r.Tag == "" {
		return true, false
	}
	tag, err := compileTag(r.Tag)
	if err != nil || !tag.MatchString(v.Prerelease) {
		return false, false
	}
	return true, true
}

// compileTag reads a tag's expression, which matches without regard to case, as
// versions are compared.
func compileTag(tag string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(tag); err != nil {
		return nil, err
	}
	return regexp.Compile("(?i)" + tag)
}

// String is the rule as people say it.
func (r VersionRule) String() string {
	var parts []string
	if r.Versions != "" {
		parts = append(parts, "versions "+r.Versions)
	}
	switch r.Tag {
	case "":
	case "^$":
		parts = append(parts, "no pre-releases")
	default:
		parts = append(parts, "pre-release tags like "+r.Tag)
	}
	return strings.Join(parts, ", ")
}

// Accepts says whether releases of the channel may install a version of a
// package, and if not, which rule is against it. Every rule about the package
// must agree.
func (c Channel) Accepts(packageID, version string) (ok bool, why string) {
	ok, _, why = c.judge(packageID, version)
	return ok, why
}

// Proposes says whether a version may be chosen when nobody names one: the
// channel accepts it, and if it is a pre-release, by a rule about its tag.
func (c Channel) Proposes(packageID, version string) bool {
	ok, asked, _ := c.judge(packageID, version)
	v, err := versions.Parse(version)
	return ok && err == nil && (asked || !v.IsPrerelease())
}

func (c Channel) judge(packageID, version string) (ok, asked bool, why string) {
	v, err := versions.Parse(version)
	for _, r := range c.Rules {
		if !r.Covers(packageID) {
			continue
		}
		if err != nil {
			return false, false, err.Error()
		}
		accepted, named := r.accepts(v)
		if !accepted {
			return false, false, "channel " + c.Name + " takes of " + packageID + " only " + r.String() + "; " + version + " is not among them"
		}
		asked = asked || named
	}
	return true, asked, ""
}

// AcceptsAll judges all packages of a release at once.
func (c Channel) AcceptsAll(packages []Selected) (ok bool, why string) {
	for _, p := range packages {
		if ok, why := c.Accepts(p.Package, p.Version); !ok {
			return false, why
		}
	}
	return true, ""
}

// AllChannels are the project's channels; one that defines none has Default.
func (p Project) AllChannels() []Channel {
	if len(p.Channels) == 0 {
		return []Channel{{Name: DefaultChannelName, Default: true}}
	}
	return p.Channels
}

// DefaultChannel is the channel of a release when nobody says: the one that is
// marked, else the first.
func (p Project) DefaultChannel() Channel {
	all := p.AllChannels()
	for _, c := range all {
		if c.Default {
			return c
		}
	}
	return all[0]
}

// ChannelNamed finds one of the project's channels; "" is the default one.
func (p Project) ChannelNamed(name string) (Channel, error) {
	if name == "" {
		return p.DefaultChannel(), nil
	}
	var names []string
	for _, c := range p.AllChannels() {
		if SameName(c.Name, name) {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Channel{}, Refuse(NotFound, "project %s has no channel %q; there are %s", p.Name, name, list(names))
}

// ChannelTaking is the channel of a release that makes itself: the first, in
// the order in which they stand in the project, whose rules accept all the
// packages. So the narrow ones stand before the wide one. Where none does, the
// error says for each why.
func (p Project) ChannelTaking(packages []Selected) (Channel, error) {
	var reasons []string
	for _, c := range p.AllChannels() {
		ok, why := c.AcceptsAll(packages)
		if ok {
			return c, nil
		}
		reasons = append(reasons, why)
	}
	return Channel{}, Refuse(Conflict, "no channel of %s accepts this: %s", p.Name, strings.Join(reasons, "; "))
}

// LifecycleOf is the name of the lifecycle by which releases of a channel go.
// A channel that is gone goes as the project does.
func (p Project) LifecycleOf(channel string) string {
	if c, err := p.ChannelNamed(channel); err == nil && c.Lifecycle != "" {
		return c.Lifecycle
	}
	return p.LifecycleName()
}

// ChannelName is the name of the release's channel.
func (r Release) ChannelName() string {
	if r.Channel == "" {
		return r.Project.DefaultChannel().Name
	}
	return r.Channel
}

// checkChannels finds what is wrong with the project's channels.
func (p Project) checkChannels(known Known) []Problem {
	var found []Problem
	names := make([]string, len(p.Channels))
	first := ""
	for i, c := range p.Channels {
		at := index("channels", i)
		names[i] = c.Name
		found = append(found, under(at, c.check(p, known))...)
		switch {
		case !c.Default:
		case first == "":
			first = c.Name
		default:
			found = append(found, Problem{Path: at + ".default", Message: "the channels " + quote(first) + " and " + quote(c.Name) + " are both the default one: leave `default` at one of them"})
		}
	}
	return append(found, checkUnique("channels", "channels", names)...)
}

func (c Channel) check(p Project, known Known) []Problem {
	found := checkName("name", "channel", c.Name)
	if c.Lifecycle != "" && !SameName(c.Lifecycle, DefaultLifecycleName) && !hasLifecycle(known.Lifecycles, c.Lifecycle) {
		found = append(found, Problem{Path: "lifecycle", Message: "there is no lifecycle " + quote(c.Lifecycle)})
	}
	var installed []string
	if known.Installs != nil {
		installed = known.Installs(p.Steps)
	}
	for i, r := range c.Rules {
		at := index("rules", i)
		found = append(found, under(at, r.check())...)
		for j, id := range r.Packages {
			if known.Installs != nil && !HasName(installed, id) {
				found = append(found, Problem{Path: index(at+".packages", j), Message: "no step installs a package " + quote(id) + "; they install " + list(installed)})
			}
		}
	}
	return found
}

func (r VersionRule) check() []Problem {
	var found []Problem
	if r.Versions == "" && r.Tag == "" {
		found = append(found, Problem{Path: "", Message: "a rule limits versions: give it `versions`, like `[1.0,2.0)`, or `tag`, like `^$` for no pre-releases"})
	}
	if _, err := ParseVersionRange(r.Versions); err != nil {
		found = append(found, Problem{Path: "versions", Message: err.Error()})
	}
	if _, err := compileTag(r.Tag); err != nil {
		found = append(found, Problem{Path: "tag", Message: "the tag " + quote(r.Tag) + " is no regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ") + "; write `^$` for no pre-releases, `^beta` for those that begin so"})
	}
	return found
}
