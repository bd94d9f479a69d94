package pages

// NewReleasePath is where a release is made.
func NewReleasePath(project string) string { return ReleasesPath(project) + "/new" }

// NewRelease is the page that makes a release. It posts channel, number, notes
// and for each package its version to ReleasesPath.
type NewRelease struct {
	Frame
	Project  string // id
	Channel  string // the one that is proposed for
	Channels []ChannelChoice
	Packages []PackageChoice
	Number   string // as typed, else the proposed one
	Proposed string // "" when none is known
	Notes    string
	WhyNot   string // why there can be none at all; the form is then left out
	Problems []Problem
}

// ChannelChoice is a channel that a release may be made in.
type ChannelChoice struct{ Name, Description string }

// PackageChoice is a package whose version is chosen. ID is the field's in the
// page, Name what it is posted as.
type PackageChoice struct {
	ID, Name      string
	Package, Feed string
	Steps         string // "Deploy web app to Nginx"
	Chosen        string
	Versions      []string // none where the version is typed
	Help          string   // why none is proposed, how many are left out
}

func (v NewRelease) help() string {
	help := "A number is used once in a project."
	if v.Proposed != "" {
		help = "Left empty it is " + v.Proposed + ". " + help
	}
	return help
}

func (p PackageChoice) hasChosen() bool {
	for _, v := range p.Versions {
		if v == p.Chosen {
			return true
		}
	}
	return false
}

func (p PackageChoice) describedBy(all []Problem) string {
	ids := ""
	if p.Help != "" {
		ids = p.ID + "-help"
	}
	if problemOf(p.ID, all) != "" {
		ids += " " + p.ID + "-problem"
	}
	return ids
}
