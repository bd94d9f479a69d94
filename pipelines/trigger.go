package pipelines

import (
	"slices"
	"strings"
	"time"
)

// Trigger makes a release when a new version of a package arrives. The first
// phase of the lifecycle is then deployed by itself.
type Trigger struct {
	Package string `json:"package"`
	// Feed names the feed that the package comes from; "" is the built-in one.
	Feed string `json:"feed,omitempty"`
	// Poll is how often the feed is asked for new versions; 0: never, so that its
	// webhook is what tells of them.
	Poll Duration `json:"poll,omitempty"`
}

// ShortestPoll is how often a feed may be asked at most.
const ShortestPoll = Duration(time.Minute)

// waitsFor says whether the trigger is one for a package of a feed; "" is the
// built-in one.
func (t Trigger) waitsFor(packageID, feed string) bool {
	return SameName(t.Package, packageID) && SameName(t.Feed, feed)
}

// WaitsFor says whether the project makes a release of a new version of the
// package that is pushed to the built-in feed.
func (p Project) WaitsFor(packageID string) bool {
	_, waits := p.TriggerFor(packageID, "")
	return waits
}

// TriggerFor is the place of the project's trigger for a package of a feed; ""
// is the built-in one. The same id in two feeds is two packages.
func (p Project) TriggerFor(packageID, feed string) (int, bool) {
	at := slices.IndexFunc(p.Triggers, func(t Trigger) bool { return t.waitsFor(packageID, feed) })
	return at, at >= 0
}

// checkTriggers finds what is wrong with the triggers by themselves.
func (p Project) checkTriggers() []Problem {
	var found []Problem
	for i, t := range p.Triggers {
		at := index("triggers", i)
		if t.Package == "" {
			found = append(found, Problem{Path: at + ".package", Message: "a trigger names the package it waits for"})
		}
		if other, _ := p.TriggerFor(t.Package, t.Feed); t.Feed != "" && t.Package != "" && other < i {
			found = append(found, Problem{Path: at, Message: "there is a trigger for " + t.Package + " of the feed " + t.Feed + " already: remove one"})
		}
		switch {
		case t.Poll == 0:
		case t.Feed == "":
			found = append(found, Problem{Path: at + ".poll", Message: "what is pushed to the built-in feed starts a trigger at once, so nobody has to ask for it: remove `poll`, or name another `feed`"})
		case t.Poll < ShortestPoll:
			found = append(found, Problem{Path: at + ".poll", Message: "a feed is asked at most once in " + ShortestPoll.String() + "; got " + t.Poll.String() + ". Left out it is not asked, and its webhook tells of new versions"})
		}
	}
	return found
}

// Poll is a package whose feed is to be asked for new versions, and how often.
type Poll struct {
	Feed, Package string
	Every         Duration
}

// Polls are what the triggers of all projects ask for, once for each package of a
// feed, by feed and package; where two ask for the same, the one more often.
func Polls(projects []Project) []Poll {
	var out []Poll
	for _, p := range projects {
		for _, t := range p.Triggers {
			if t.Poll <= 0 || t.Feed == "" {
				continue
			}
			at := slices.IndexFunc(out, func(o Poll) bool { return t.waitsFor(o.Package, o.Feed) })
			if at < 0 {
				out = append(out, Poll{t.Feed, t.Package, t.Poll})
				continue
			}
			out[at].Every = min(out[at].Every, t.Poll)
		}
	}
	slices.SortFunc(out, func(a, b Poll) int {
		return strings.Compare(NameKey(a.Feed)+"\x00"+NameKey(a.Package), NameKey(b.Feed)+"\x00"+NameKey(b.Package))
	})
	return out
}
