package pages

// Packages lists the packages that were pushed.
type Packages struct {
	Frame
	Items        []PackageRow
	Fetched      []PackageRow // of other feeds
	PushCommand  string       // shown while there is none
	Arrivals     []WrongArrival
	MoreArrivals string // "And 7 more …"
}

// WrongArrival is a file that somebody put into the bucket in vain: nobody but
// this page can tell them.
type WrongArrival struct {
	Name, What string // "Thing.1.0.zip", "was refused"
	Key        string // where it lies in the bucket
	At         Moment
	Why        string
}

// PackageRow is one package, with its newest version.
type PackageRow struct {
	ID, Latest string
	Versions   string // "4 versions"
	Pushed     Moment
	By         string
	Feed, Path string // of a package of another feed
	UsedBy     []Link
}

// PackageVersions lists the versions of one package, newest first.
type PackageVersions struct {
	Frame
	ID              string
	Items           []PackageVersion
	Earlier, Newest string // paths of other pages, "" where there is none
}

// PackageVersion is one version: its bytes, and where they run.
type PackageVersion struct {
	Version, Size, SHA256 string
	Path                  string // of its own page
	Pushed                Moment
	By                    string
	Where                 []DeployedAt
	Releases              []Link
	MoreReleases          string // the path of all of them, where these are not all
	Build                 []Fact // where it comes from
}

// DeployedAt is a place where a package version runs now.
type DeployedAt struct{ Project, Environment, DeploymentID string }
