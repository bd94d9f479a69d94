package pipelines

// Changes are what a release brings to an environment that has another one.
type Changes struct {
	From     string          // the release that is there now, "" for none
	To       string          // the release that is to come
	Packages []PackageChange // those whose version is another one
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
