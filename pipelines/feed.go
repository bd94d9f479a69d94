package pipelines

import (
	"net/url"
	"strings"
)

// Feed is a place outside of Slipway where packages lie. Its password is a
// secret and stands nowhere in it.
type Feed struct {
	ID    string   `json:"id,omitempty" text:"-"`
	Owner string   `json:"owner,omitempty" text:"-"`
	Name  string   `json:"name"`
	Type  FeedType `json:"type"`
	// URL is the feed's address: of NuGet v2 the OData root as it is, of v3 the
	// index.json; of an S3 prefix s3://bucket/prefix/; of a folder its path.
	URL      string `json:"url"`
	Username string `json:"username,omitempty"`
	// Secret names the secret that holds the password, or a key of user:password.
	Secret string `json:"secret,omitempty"`
	// Webhook is where its messages name a new package.
	Webhook FeedWebhook `json:"webhook,omitzero"`
}

// FeedType is how a feed is spoken to.
type FeedType string

// The types of feeds.
const (
	FeedNuGet  FeedType = "nuget" // v2, or v3 where the URL ends in index.json
	FeedS3     FeedType = "s3"
	FeedFolder FeedType = "folder"
)

// BuiltInFeed is how people call the feed that packages are pushed to. A step
// that names no feed takes its package from there.
const BuiltInFeed = "built-in"

// BuiltInFeedID is its id, as clients know it.
const BuiltInFeedID = "feeds-builtin"

// Check finds what is wrong with the feed by itself. No message repeats an
// address that may hold a password.
func (f Feed) Check() []Problem {
	found := checkName("name", "feed", f.Name)
	switch {
	case SameName(f.Name, BuiltInFeed), SameName(f.Name, BuiltInFeedID):
		found = append(found, Problem{Path: "name", Message: "the feed packages are pushed to is called " + BuiltInFeed + " already: give this one another name"})
	case strings.Contains(f.Name, "/"):
		found = append(found, Problem{Path: "name", Message: "the name of a feed holds no `/`, since FEED/PACKAGE is how a package of it is named; got " + quote(f.Name)})
	}
	switch f.Type {
	case FeedNuGet:
		found = append(found, f.checkWeb()...)
	case FeedS3:
		found = append(found, f.checkS3()...)
	case FeedFolder:
		found = append(found, f.checkFolder()...)
	case "":
		found = append(found, Problem{Path: "type", Message: "a feed has a type: nuget, s3 or folder"})
	default:
		found = append(found, Problem{Path: "type", Message: "a feed is of the type nuget, s3 or folder; got " + quote(string(f.Type))})
	}
	found = append(found, under("webhook", f.Webhook.Check())...)
	return append(found, f.checkAccess()...)
}

// inAddress says how credentials are given, to who has put them into a URL.
const inAddress = "a user or a password stands in the address, where everybody can read it: take them out, write `username: NAME` and `secret: SECRET-NAME`, and set the value with `slipway secret set SECRET-NAME`"

func (f Feed) checkWeb() []Problem {
	const example = "the address of a NuGet feed is like http://host:8041/artifactory/api/nuget/NuGet, or https://host/v3/index.json"
	u, err := url.Parse(f.URL)
	switch {
	case f.URL == "":
		return []Problem{{Path: "url", Message: example}}
	case err != nil && strings.Contains(f.URL, "@"):
		return []Problem{{Path: "url", Message: inAddress}}
	case err != nil:
		return []Problem{{Path: "url", Message: "this is no address: " + example}}
	case u.User != nil:
		return []Problem{{Path: "url", Message: inAddress}}
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return []Problem{{Path: "url", Message: example + "; got " + quote(f.URL)}}
	case u.RawQuery != "" || u.Fragment != "":
		return []Problem{{Path: "url", Message: "the address of a feed ends before `?` and `#`: keys go into a secret, named by `secret`"}}
	}
	return nil
}

func (f Feed) checkS3() []Problem {
	rest, ok := strings.CutPrefix(f.URL, "s3://")
	bucket, _, _ := strings.Cut(rest, "/")
	switch {
	case strings.Contains(bucket, "@"):
		return []Problem{{Path: "url", Message: inAddress}}
	case !ok || bucket == "" || strings.ContainsAny(bucket, " :?#"):
		return []Problem{{Path: "url", Message: "the address of a prefix in S3 is like s3://bucket/prefix/; got " + quote(f.URL)}}
	}
	return nil
}

func (f Feed) checkFolder() []Problem {
	path := f.URL
	absolute := strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\\`) || len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/')
	if !absolute || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' }) {
		return []Problem{{Path: "url", Message: "a folder is an absolute path on the machine that Slipway runs on, like /srv/packages; got " + quote(path)}}
	}
	return nil
}

// checkAccess finds credentials that would not be sent.
func (f Feed) checkAccess() []Problem {
	var found []Problem
	switch {
	case f.Type != FeedNuGet && f.Type != "" && (f.Username != "" || f.Secret != ""):
		found = append(found, Problem{Path: "secret", Message: "a feed of the type " + string(f.Type) + " is read with the rights Slipway runs with: remove `username` and `secret`"})
	case strings.Contains(f.Username, ":"):
		found = append(found, Problem{Path: "username", Message: "a user's name holds no colon: a key of the form user:password goes whole into the secret, without `username`"})
	case f.Username != "" && f.Secret == "":
		found = append(found, Problem{Path: "secret", Message: "a user needs a password: name the secret that holds it, `secret: SECRET-NAME`, and set it with `slipway secret set SECRET-NAME`"})
	}
	return found
}

// FeedNamed finds a feed by name.
func FeedNamed(all []Feed, name string) (Feed, bool) {
	for _, f := range all {
		if SameName(f.Name, name) {
			return f, true
		}
	}
	return Feed{}, false
}
