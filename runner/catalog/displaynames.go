package catalog

import (
	"fmt"
	"strings"
	"unicode"

	"slipway/pipelines"
)

// BorrowedName refuses a display name by which somebody would be taken for another
// user: whoever reads "approved by ada" must know which Ada that is. Two that were
// called alike before may stay as they are.
func BorrowedName(now, all []pipelines.User, wanted pipelines.User) []pipelines.Problem {
	shown := looksLike(wanted.DisplayName)
	if shown == "" || shown == looksLike(wanted.Username) {
		return nil
	}
	for _, u := range now {
		if pipelines.SameName(u.Username, wanted.Username) && u.DisplayName == wanted.DisplayName {
			return nil
		}
	}
	for _, u := range all {
		if pipelines.SameName(u.Username, wanted.Username) || u.ID != "" && u.ID == wanted.ID {
			continue
		}
		if shown == looksLike(u.Username) || shown == looksLike(u.DisplayName) {
			return []pipelines.Problem{{Path: "display-name", Message: fmt.Sprintf("%s is called so already: choose a name that tells you apart", u.Username)}}
		}
	}
	return nil
}

// looksLike is a name without what the eye passes over: case, white space, wide and
// narrow forms, marks that take no place.
func looksLike(name string) string {
	var out strings.Builder
	for _, r := range name {
		if r >= '！' && r <= '～' { // the wide forms of ASCII
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) || r == '\u3164' || r == '\u115f' || r == '\u1160' || r == '\uffa0' || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zs, unicode.Variation_Selector) {
			continue
		}
		out.WriteRune(r)
	}
	return pipelines.NameKey(out.String())
}
