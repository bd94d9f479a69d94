package pipelines

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// longestSafeName leaves room, below the 255 bytes a file name may have, for
// two names joined and an ending like `.service`.
const longestSafeName = 100

// SafeName is the one rule that turns any name a person chose into a piece of
// a path, a unit name or a file name. ASCII letters, digits, `.`, `_` and `-`
// stay, each run of anything else becomes one `-`; `-` at either end and `.`
// in front go. The result is never empty, never `.` or `..`, at most 100 bytes
// long, and safe names are their own safe names.
//
// Different names must not meet in one folder, yet people should recognise
// theirs. Single spaces between words are therefore the only loss that is
// accepted: `Random Quotes` is `Random-Quotes`, and whoever keeps names refuses
// a second one that differs by that alone. Every other loss (`Prod (EU)`,
// `Prüfung`, `.net`, a cut) adds eight digits of the name's SHA-256, so
// `Prod (EU)` and `Prod [EU]` stay apart.
//
// Two safe names joined with one of their own signs can collide (`a-b`+`c`,
// `a`+`b-c`): give each its own folder, or join with a sign outside the set.
func SafeName(s string) string {
	base := strings.TrimRight(strings.TrimLeft(dashed(s), "-."), "-")
	if base == strings.ReplaceAll(s, " ", "-") && !strings.Contains(s, "  ") && len(base) <= longestSafeName && base != "" {
		return base
	}
	sum := sha256.Sum256([]byte(s))
	suffix := "-" + hex.EncodeToString(sum[:4])
	if most := longestSafeName - len(suffix); len(base) > most {
		base = strings.TrimRight(base[:most], "-")
	}
	if base == "" {
		base = "name"
	}
	return base + suffix
}

// dashed replaces each run of bytes outside the safe set with one dash.
func dashed(s string) string {
	var b strings.Builder
	inRun := false
	for i := range len(s) {
		if isSafe(s[i]) {
			b.WriteByte(s[i])
			inRun = false
			continue
		}
		if !inRun {
			b.WriteByte('-')
		}
		inRun = true
	}
	return b.String()
}

func isSafe(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '.' || c == '_' || c == '-'
}
