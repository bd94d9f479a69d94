package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// Wanted is what somebody wants the configuration to be.
type Wanted struct {
	textform.Nouns
	// Owner has what is made, and may change what it has: pipelines.OwnedByFolder
	// or pipelines.OwnedByPages.
	Owner string
	// Whole: the nouns are all that the owner has; what else is its own goes.
	Whole bool
	// TakeOver makes the owner's what another one has.
	TakeOver bool
	// Base is the Weighed.Base that somebody was shown: if the changes are others
	// by now, they are not made. "" makes them whatever they are.
	Base string
	// gone names what goes besides; nil: nothing.
	gone func(kind records.Kind, id string) bool
	// also is what else is written with the nouns, and said in their entries; nil:
	// nothing.
	also func(entries []pipelines.Event) []records.Change
}

// Weighed is what an Apply changes.
type Weighed struct {
	Changes []textform.Change
	Base    string // stands for exactly these changes
}

func newWeighed(changes []textform.Change) Weighed {
	b, _ := json.Marshal(changes) // texts alone: cannot fail
	sum := sha256.Sum256(b)
	return Weighed{changes, hex.EncodeToString(sum[:12])}
}

// mostOfFolder is how many bytes the name of a folder may have: it stands in
// every noun that the folder has, and people read it.
const mostOfFolder = 100

// check refuses a folder's name that nobody could read or tell from another.
func (w Wanted) check() error {
	name, ok := pipelines.OwningFolder(w.Owner)
	if !ok {
		return nil
	}
	unreadable := !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	if unreadable || name == "" || len(name) > mostOfFolder || strings.TrimSpace(name) != name {
		return pipelines.Refuse(pipelines.Invalid, "a folder is known by a name of at most %d bytes, without control characters or spaces at its ends; got %.110q: give it another one (--owner)", mostOfFolder, name)
	}
	return nil
}

// strangers refuses to empty a folder that seems to be another of the same
// name: things are its own, and not one of them is wanted. Whoever has seen the
// list of what goes may.
func strangers(w Wanted, comes weighed) error {
	folder, ok := pipelines.OwningFolder(w.Owner)
	if !ok || comes.removals == 0 || comes.owned > 0 || w.Base != "" {
		return nil
	}
	return pipelines.Refuse(pipelines.Conflict, "nothing that the folder %q has is in this text, and all of it would be removed: if this is another folder of that name, give it one of its own (--owner); if not, apply without --yes and look at the list", folder)
}
