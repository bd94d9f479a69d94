// Package feednews reads what a feed's webhook says: which package is new.
//
// It believes nothing of it and asks nobody: whether the feed has that version is
// for others to find out. What a newcomer would miss: the bytes come from outside,
// so paths are plain keys and positions, and a text counts only where it has the
// form of an id or a version.
package feednews

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/versions"
)

// News is a package that is said to be new.
type News struct{ Package, Version string }

// artifactory is where Artifactory says it, in the messages of its webhooks of
// the domain artifact.
var artifactory = pipelines.FeedWebhook{Event: "event_type", Is: "deployed", File: "data.name"}

// LargestMessage bounds a message.
const LargestMessage = 1 << 20

// Read finds the news in a message. ErrOther is a message about something else,
// ErrNoPackage one about a file that is no package; any other error is a refusal
// that says what is missing where.
func Read(message []byte, at pipelines.FeedWebhook) (News, error) {
	if len(message) > LargestMessage {
		return News{}, pipelines.Refuse(pipelines.Invalid, "the message is larger than %d bytes", LargestMessage)
	}
	if !json.Valid(message) {
		return News{}, pipelines.Refuse(pipelines.Invalid, "the message is no JSON")
	}
	root := gjson.ParseBytes(message)
	if !root.IsObject() {
		return News{}, pipelines.Refuse(pipelines.Invalid, "the message is no JSON object")
	}
	if at == (pipelines.FeedWebhook{}) {
		if domain := root.Get("domain"); domain.Exists() && domain.Str != "artifact" {
			return News{}, ErrOther
		}
		at = artifactory
	}
	if at.Event != "" {
		said, err := text(root, at.Event)
		if err != nil {
			return News{}, err
		}
		if !strings.EqualFold(said, at.Is) {
			return News{}, ErrOther
		}
	}
	if at.File != "" {
		return ofFile(root, at.File)
	}
	return apart(root, at)
}

// What a message may be about besides.
var (
	ErrOther     = errors.New("the message is about something else than a new package")
	ErrNoPackage = errors.New("the message is about a file that is no package")
)

// ofFile reads a file's name. Where packages lie, so may other files, like lists of
// checksums.
func ofFile(root gjson.Result, path string) (News, error) {
	name, err := text(root, path)
	if err != nil {
		return News{}, err
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	if _, err := packagefile.FormatOf(name); err != nil {
		return News{}, ErrNoPackage
	}
	found, err := packagefile.ReadName(name)
	if err != nil {
		return News{}, err
	}
	return checked(News{found.ID, found.Version})
}

func apart(root gjson.Result, at pipelines.FeedWebhook) (News, error) {
	id, err := text(root, at.Package)
	if err != nil {
		return News{}, err
	}
	version, err := text(root, at.Version)
	if err != nil {
		return News{}, err
	}
	return checked(News{id, version})
}

func checked(n News) (News, error) {
	if err := packagefile.CheckID(n.Package); err != nil {
		return News{}, err
	}
	if _, err := versions.Parse(n.Version); err != nil || len(n.Version) > longestText {
		return News{}, pipelines.Refuse(pipelines.Invalid, "the message says the version %.100q of package %s, which is none", n.Version, n.Package)
	}
	return n, nil
}

// longestText bounds what is looked at: file names have 255 bytes at most.
const longestText = 255

// text is what stands at a path, which must be a text.
func text(root gjson.Result, path string) (string, error) {
	at := find(root, path)
	switch {
	case !at.Exists():
		return "", pipelines.Refuse(pipelines.Invalid, "the message has nothing at %s: see what the feed sends, and write into the feed's `webhook` where it names the package", path)
	case at.Type != gjson.String || at.Str == "":
		return "", pipelines.Refuse(pipelines.Invalid, "what the message has at %s is no text", path)
	case len(at.Str) > longestText:
		return "", pipelines.Refuse(pipelines.Invalid, "what the message has at %s is longer than %d bytes", path, longestText)
	}
	return at.Str, nil
}

// find goes down one key or position after the other. Each is looked up by its
// own, so that nothing in a path can mean more than that.
func find(at gjson.Result, path string) gjson.Result {
	for part := range strings.SplitSeq(path, ".") {
		_, notNumber := strconv.Atoi(part)
		if !at.IsObject() && (!at.IsArray() || notNumber != nil) {
			return gjson.Result{}
		}
		at = at.Get(part)
	}
	return at
}
