package pages

import "net/url"

// FeedsPath is the list of feeds.
const FeedsPath = "/feeds"

// FeedPath is the page of one feed.
func FeedPath(id string) string { return FeedsPath + "/" + url.PathEscape(id) }

// FeedCheckPath asks the feed whether it answers.
func FeedCheckPath(id string) string { return FeedPath(id) + "?check=1" }

// FeedPackagePath asks the feed for the versions of a package.
func FeedPackagePath(id, pkg string) string {
	return FeedPath(id) + "?" + url.Values{"package": {pkg}}.Encode()
}

// FeedPasswordPath takes a new password for a feed.
func FeedPasswordPath(id string) string { return FeedPath(id) + "/password" }

// Feeds lists the places outside of Slipway where packages lie.
type Feeds struct {
	Frame
	Items []FeedRow
	New   *NewFeed // nil for who may not add one
}

// FeedRow is one feed.
type FeedRow struct {
	ID, Name, Type, Address string
	Password                string // "set", "not set yet", or "" where none is needed
	Folder                  string // of text that it is written in
}

// NewFeed is the form that adds a feed. Posts name, type, url, username and
// secret, which says that there is a password; that comes with what is saved.
type NewFeed struct {
	Name, Type, URL, Username string
	Secret                    bool
	Problems                  []Problem
}

// FeedPreview shows the text that a new feed becomes. Posts what the form did, and
// password where the feed has one.
type FeedPreview struct {
	EditPreview
	Secret   string // that keeps the password; "" for a feed without one
	Problems []Problem
}

// Feed is one feed, with what it answered if it was asked.
type Feed struct {
	Frame
	ID    string
	Facts []Fact
	// Answer is what it said; nil if it was not asked.
	Answer *FeedAnswer
	Query  string // what was looked for
	// Password is the form that replaces the password; nil for who may not, or where
	// none is needed.
	Password *FeedPassword
	Text     string // as it is written in a folder
	EditText string // path where that is edited, "" where that is not for this person
}

// FeedPassword replaces a feed's password. Posts password.
type FeedPassword struct {
	Set      bool
	Problems []Problem
}

// FeedAnswer is what a feed said.
type FeedAnswer struct {
	Answers bool
	Text    string // "Answered in 0.2 s.", or what is wrong
	Empty   string // said in place of an empty list
	IDs     []string
	Package string // whose versions these are
	// Versions are the newest; More says how many are not shown.
	Versions []FeedVersion
	More     string
}

// FeedVersion is one version in a feed, and what was fetched of it.
type FeedVersion struct {
	Version, Size string
	Published     Moment
	Fetched       Moment
	By, SHA256    string
}
