package pages

import "net/url"

// PackageVersionPath is the page of one version of a pushed package.
func PackageVersionPath(id, version string) string {
	return PackagePath(id) + "/" + url.PathEscape(version)
}

// Build says where a version of a package comes from.
type Build struct {
	Kind           string // "Commit", "Changeset"
	Short, Full    string // of the commit or changeset
	Address        string // where it can be read, "" for nowhere
	Branch         string
	Repository     string
	RepositoryLink string
	Number         string // of the build
	BuildLink      string
	Sent           Moment
	By             string
	Commits        []Commit
	More           string // "and 12 more that are not kept"
}

// buildName is what leads to the build's own page.
func (b Build) buildName() string {
	if b.Number == "" {
		return "build"
	}
	return "build " + b.Number
}

// Commit is one change of the sources.
type Commit struct {
	Short, Full string
	Address     string
	First, Rest string // of the message: its first line, and what follows
	Author      string
	Version     string // of the package it came in, "" where that is said already
}

// Changes are what a release brings to environments that have another one.
type Changes struct {
	Since    string // the release that is there; "" none
	There    string // what is there all the same where Since is ""; "" nothing
	Where    string // "Test and Prod"
	Path     string // of that release
	Packages []ChangedPackage
}

// ChangedPackage is a package that goes from one version to another.
type ChangedPackage struct {
	Name, From, To string
	Back           bool // To is the older one
	Commits        []Commit
	More           string // "and 12 more commits"
	Untold         string // "Nothing is known of 2 of the versions between."
}

// PackageVersionView is one version of a pushed package.
type PackageVersionView struct {
	Frame
	Facts []Fact
	Build *Build
	Push  string // the command that tells where it comes from
	Notes string // as the package has them
	Where []DeployedAt

	Releases        []Link // that have chosen it
	Earlier, Newest string // paths of other pages of them, "" where there is none
}
