package pipelines

import "strings"

// Every configured noun has an owner: the folder of text it is written in, or
// the pages and the API. What a folder owns is changed there; elsewhere only by
// whoever takes it over. Nouns of before there were owners have none (""): the
// first folder that holds one has it from then on.

// OwnedByPages is the owner of what was made by pages, the API or the command
// line.
const OwnedByPages = "pages"

const folderOwner = "folder:"

// OwnedByFolder is the owner of what is written in the folder of that name.
func OwnedByFolder(name string) string { return folderOwner + name }

// OwningFolder is the name of the folder that owns a noun, if one does.
func OwningFolder(owner string) (name string, ok bool) { return strings.CutPrefix(owner, folderOwner) }

// MayEdit says whether a noun may be changed by an owner: the reason against it
// names the folder to edit instead.
func MayEdit(kind, name, owner, by string) error {
	folder, ok := OwningFolder(owner)
	if !ok || owner == by {
		return nil
	}
	return Refuse(Conflict, "%s %q is written in the folder %q: change it there and apply, or take it over", kind, name, folder)
}
