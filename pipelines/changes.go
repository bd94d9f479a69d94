package pipelines

import (
	"fmt"
	"strings"
)

// Changes are what a release brings to an environment that has another one.
type Changes struct {
	From     string          // the release that is there now, "" for none
	To       string          // the release that is to come
	Packages []PackageChange // those whose version is another one
	// Left is what a deployment has installed that has not succeeded; nil where From
	// is known, or where there is nothing.
	Left *Left
	// Bare: the release has no packages, so that what it leaves nobody can tell.
	Bare bool
	// Ran: steps of the deployment that is asked about have run there.
	Ran bool
}

// Left is what a deployment without success has installed on targets.
type Left struct {
	Deployment string
	Release    string
	Status     Status
	Targets    []string // by name
}

// PackageChange is a package that goes from one version to another.
type PackageChange struct {
	Package  string
	Feed     string // "" is the built-in one
	From, To string // From is "" where the package was not there
	// Back says that To is the older one: what is listed is taken away.
	Back bool
	// Builds are what is known of the versions on the way, newest first: all after
	// the older one up to the newer one.
	Builds []BuildInformation
	// Untold is how many versions on the way nothing is known of, and More how
	// many were not looked at, there being too many.
	Untold, More int
}

// ChangedCommit is a commit with the build that it came in.
type ChangedCommit struct {
	Commit
	Build BuildInformation
}

// Commits are those of all builds, newest first, each once. Where a build names
// none, the change that was built stands for it.
func (c PackageChange) Commits() []ChangedCommit {
	var out []ChangedCommit
	seen := map[string]bool{}
	for _, b := range c.Builds {
		all := b.Commits
		if len(all) == 0 && b.Revision() != "" {
			all = []Commit{{ID: b.Revision()}}
		}
		for _, one := range all {
			if !seen[one.ID] {
				seen[one.ID] = true
				out = append(out, ChangedCommit{one, b})
			}
		}
	}
	return out
}

// mostLeft bounds the targets that are named.
const mostLeft = 5

// Unreplaced says what is in an environment to which nothing was deployed with
// success, where the deployment of this id comes to; "" where something was.
func (c Changes) Unreplaced(deployment string) string {
	switch {
	case c.From != "":
		return ""
	case c.Left == nil && c.Ran:
		return "No deployment has succeeded here yet; earlier steps of this one have run here."
	case c.Left == nil && c.Bare:
		return "No deployment has succeeded here yet."
	case c.Left == nil:
		return "Nothing is there yet."
	case c.Left.Deployment == deployment:
		return fmt.Sprintf("No deployment has succeeded here yet; this deployment has installed %s on %s.", c.Left.Release, c.Left.where())
	}
	return fmt.Sprintf("No deployment has succeeded here yet; %s is installed on %s by %s (%s).", c.Left.Release, c.Left.where(), c.Left.Deployment, strings.ToLower(string(c.Left.Status)))
}

func (l Left) where() string {
	shown, more := l.Targets, len(l.Targets)-mostLeft
	if more <= 0 {
		return strings.Join(shown, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(shown[:mostLeft], ", "), more)
}
