package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"slipway/pipelines"
	"slipway/pipelines/textform"
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

// strangers refuses to empty a folder that seems to be another of the same
// name: things are its own, and not one of them is wanted. Whoever has seen the
// list of what goes may.
func strangers(w Wanted, owned, removals int) error {
	folder, ok := pipelines.OwningFolder(w.Owner)
	if !ok || removals == 0 || owned > 0 || w.Base != "" {
		return nil
	}
	return pipelines.Refuse(pipelines.Conflict, "nothing that the folder %q has is in this text, and all of it would be removed: if this is another folder of that name, give it one of its own (--owner); if not, apply without --yes and look at the list", folder)
}
