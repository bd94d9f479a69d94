package pipelines

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"slipway/pipelines/excerpt"
	"slipway/pipelines/versions"
)

// BuildInformation says where a version of a package comes from: which change
// of which repository, and which build made it. It may come before the package.
type BuildInformation struct {
	Package string      `json:"package"`
	Version string      `json:"version"`
	Type    VersionType `json:"type"`
	// Repository is the address of a repository, or the root of a TFVC workspace
	// like $/RandomQuotes.
	Repository string `json:"repository,omitempty"`
	// Commit is the change that was built, of any type but TFVC, which has
	// Changeset in its place.
	Commit      string   `json:"commit,omitempty"`
	Changeset   string   `json:"changeset,omitempty"`
	Branch      string   `json:"branch,omitempty"`
	BuildNumber string   `json:"buildNumber,omitempty"`
	BuildURL    string   `json:"buildUrl,omitempty"`
	Commits     []Commit `json:"commits,omitempty"` // newest first
	// LeftOut is how many further commits were sent and are not kept.
	LeftOut int       `json:"leftOut,omitempty"`
	Sent    time.Time `json:"sent,omitzero"`
	SentBy  string    `json:"sentBy,omitempty"`
	SentVia string    `json:"sentVia,omitempty"`
}

// Commit is one change since the build before.
type Commit struct {
	ID      string `json:"id"`
	Message string `json:"message,omitempty"`
	Author  string `json:"author,omitempty"`
	Link    string `json:"link,omitempty"`
}

// VersionType is the kind of a repository.
type VersionType string

// The kinds of repositories. OtherVersion is any that has commits of some name.
const (
	Git          VersionType = "git"
	TFVC         VersionType = "tfvc"
	OtherVersion VersionType = "other"
)

// What is kept of build information. CI sends what it has, so what is too long
// to read is cut; what cannot be meant is refused.
const (
	longestBuildText = 200
	longestBuildURL  = 2000
	longestMessage   = 1000
	// MostCommits are kept of one build, and mostCommitBytes of their texts.
	MostCommits     = 250
	mostCommitBytes = 48 << 10
)

// Revision is the change that was built, as its own kind of repository names it.
func (b BuildInformation) Revision() string {
	if b.Type == TFVC {
		return b.Changeset
	}
	return b.Commit
}

var gitID = regexp.MustCompile(`^[0-9a-fA-F]{12,64}$`)

// ShortRevision is the name of a change as people say it: of Git the first
// letters, of everything else all of it.
func (b BuildInformation) ShortRevision(id string) string {
	if b.Type == Git && gitID.MatchString(id) {
		return id[:8]
	}
	return id
}

// Same says whether two say the same, whoever sent them.
func (b BuildInformation) Same(other BuildInformation) bool {
	return slices.Equal(b.Commits, other.Commits) && b.plain() == other.plain()
}

// plain is all that can be compared at once.
func (b BuildInformation) plain() [10]string {
	return [...]string{NameKey(b.Package), NameKey(b.Version), string(b.Type), b.Repository, b.Commit, b.Changeset, b.Branch, b.BuildNumber, b.BuildURL, fmt.Sprint(b.LeftOut)}
}

// Tidy is b as it is kept: without spaces around, without a password that a
// build server put into an address, and no longer than people read.
func (b BuildInformation) Tidy() BuildInformation {
	if b.Type = VersionType(strings.ToLower(strings.TrimSpace(string(b.Type)))); b.Type == "" {
		b.Type = Git
		if b.Changeset != "" {
			b.Type = TFVC
		}
	}
	for _, text := range []*string{&b.Package, &b.Version, &b.Commit, &b.Changeset, &b.Branch, &b.BuildNumber} {
		*text = strings.TrimSpace(*text)
	}
	b.Repository, b.BuildURL = withoutUser(b.Repository), withoutUser(b.BuildURL)
	b.Branch = strings.TrimPrefix(b.Branch, "refs/heads/")
	return b.tidyCommits()
}

func (b BuildInformation) tidyCommits() BuildInformation {
	all, left := b.Commits, mostCommitBytes
	b.Commits = nil
	for i, c := range all {
		c.ID, c.Author, c.Link = strings.TrimSpace(c.ID), excerpt.Letters(strings.TrimSpace(c.Author), longestBuildText), withoutUser(c.Link)
		c.Message = excerpt.Letters(strings.TrimSpace(strings.ReplaceAll(c.Message, "\r\n", "\n")), longestMessage)
		if left -= len(c.ID) + len(c.Author) + len(c.Link) + len(c.Message); left < 0 || i == MostCommits {
			b.LeftOut += len(all) - i
			return b
		}
		b.Commits = append(b.Commits, c)
	}
	return b
}

// withoutUser takes a user and a password out of a web address: build servers
// clone with tokens.
func withoutUser(address string) string {
	address = strings.TrimSpace(address)
	u, err := url.Parse(address)
	if err != nil || u.User == nil || !isWeb(u) {
		return address
	}
	u.User = nil
	return u.String()
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// Check finds what is wrong with build information that is tidy.
func (b BuildInformation) Check() []Problem {
	found := b.checkNames()
	switch b.Type {
	case TFVC:
		if b.Commit != "" {
			found = append(found, Problem{Path: "commit", Message: "TFVC has changesets, not commits: send the number as `changeset`"})
		}
	case Git, OtherVersion:
		if b.Changeset != "" {
			found = append(found, Problem{Path: "changeset", Message: "only TFVC has changesets: send `type: tfvc`, or the change as `commit`"})
		}
	default:
		found = append(found, Problem{Path: "type", Message: "the type of a repository is git, tfvc or other; got " + quote(excerpt.Letters(string(b.Type), longestBuildText))})
	}
	if b.Commit == "" && b.Changeset == "" && b.Repository == "" && b.BuildURL == "" && b.BuildNumber == "" && b.Branch == "" && len(b.Commits) == 0 {
		found = append(found, Problem{Message: "build information says at least one thing: a commit or changeset, a branch, a repository or a build"})
	}
	for _, one := range []struct{ path, text string }{{"commit", b.Commit}, {"changeset", b.Changeset}, {"branch", b.Branch}, {"buildNumber", b.BuildNumber}} {
		found = append(found, checkBuildText(one.path, one.text)...)
	}
	found = append(found, checkRepository(b.Repository)...)
	found = append(found, checkWebAddress("buildUrl", b.BuildURL)...)
	for i, c := range b.Commits {
		found = append(found, c.check(fmt.Sprintf("commits[%d]", i))...)
	}
	return found
}

func (b BuildInformation) checkNames() []Problem {
	var found []Problem
	if b.Package == "" {
		found = append(found, Problem{Path: "package", Message: "name the package that the information is about"})
	}
	found = append(found, checkBuildText("package", b.Package)...)
	if _, err := versions.Parse(b.Version); err != nil {
		found = append(found, Problem{Path: "version", Message: quote(excerpt.Letters(b.Version, longestBuildText)) + " is no version of a package: it looks like 1.0.7 or 1.0.7-beta"})
	}
	return found
}

func (c Commit) check(path string) []Problem {
	if c.ID == "" {
		return []Problem{{Path: path + ".id", Message: "a commit has an id"}}
	}
	return append(checkBuildText(path+".id", c.ID), checkWebAddress(path+".link", c.Link)...)
}

func checkBuildText(path, text string) []Problem {
	switch {
	case utf8.RuneCountInString(text) > longestBuildText:
		return []Problem{{Path: path, Message: fmt.Sprintf("it has at most %d letters", longestBuildText)}}
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return []Problem{{Path: path, Message: "it stands on one line, without control characters"}}
	}
	return nil
}

// checkWebAddress allows what a page may link to.
func checkWebAddress(path, address string) []Problem {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	switch {
	case len(address) > longestBuildURL:
		return []Problem{{Path: path, Message: fmt.Sprintf("an address has at most %d bytes", longestBuildURL)}}
	case err != nil || !isWeb(u):
		return []Problem{{Path: path, Message: "an address that people follow begins with https:// or http://; got " + quote(excerpt.Letters(address, 60))}}
	}
	return nil
}

var (
	scheme = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)
	// scpLike is git's short form of ssh: user@host:path.
	scpLike = regexp.MustCompile(`^[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:[^:]+$`)
)

func checkRepository(r string) []Problem {
	if len(r) > longestBuildURL {
		return []Problem{{Path: "repository", Message: fmt.Sprintf("an address has at most %d bytes", longestBuildURL)}}
	}
	if found := checkBuildText("repository", excerpt.Letters(r, longestBuildText)); found != nil {
		return found
	}
	lower := strings.ToLower(scheme.FindString(r))
	switch {
	case lower == "" || scpLike.MatchString(r), lower == "ssh:", lower == "git:", lower == "svn:":
		return nil
	case lower == "http:" || lower == "https:":
		return checkWebAddress("repository", r)
	}
	return []Problem{{Path: "repository", Message: "a repository is an address with https, http, ssh or git, git@host:path, or a TFVC root like $/RandomQuotes; got " + quote(excerpt.Letters(r, 60))}}
}

// RepositoryAddress is where a browser finds the repository, "" where that is not
// known.
func (b BuildInformation) RepositoryAddress() string {
	u, err := url.Parse(b.Repository)
	if err != nil || !isWeb(u) {
		return ""
	}
	return b.Repository
}

// CommitAddress is where a browser finds a change of this build: the link that
// came with it, else where the large hosts of Git have theirs.
func (b BuildInformation) CommitAddress(id string) string {
	for _, c := range b.Commits {
		if c.ID == id && c.Link != "" {
			return c.Link
		}
	}
	u, err := url.Parse(b.Repository)
	if err != nil || !isWeb(u) || b.Type != Git || !gitID.MatchString(id) {
		return ""
	}
	root := strings.TrimSuffix(strings.TrimSuffix(b.Repository, "/"), ".git")
	switch host := strings.ToLower(u.Hostname()); {
	case u.RawQuery != "" || u.Fragment != "":
		return ""
	case host == "github.com":
		return root + "/commit/" + id
	case host == "gitlab.com":
		return root + "/-/commit/" + id
	case host == "bitbucket.org":
		return root + "/commits/" + id
	case (host == "dev.azure.com" || strings.HasSuffix(host, ".visualstudio.com")) && strings.Contains(u.Path, "/_git/"):
		return root + "/commit/" + id
	}
	return ""
}
