package pipelines

import (
	"strings"
	"testing"
	"unicode"
)

// TestTwoNamesAreOneOrTheyAreNot: what SameName tells apart NameKey does, too, for
// every letter there is. Somebody who finds two that differ makes an account that
// is looked up as new and stored in the place of another.
func TestTwoNamesAreOneOrTheyAreNot(t *testing.T) {
	t.Parallel()
	first := map[string]rune{} // of those with a key
	for r := rune(1); r < 0x20000; r++ {
		if r >= 0xd800 && r < 0xe000 {
			continue
		}
		key := NameKey(string(r))
		if other, known := first[key]; known && !SameName(string(other), string(r)) {
			t.Errorf("%q and %q share the key %q and are not the same name", other, r, key)
		} else if !known {
			first[key] = r
		}
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			if NameKey(string(o)) != key {
				t.Errorf("%q and %q are the same name and have the keys %q and %q", r, o, key, NameKey(string(o)))
			}
		}
	}
	for _, name := range []string{"Random Quotes", "ÄÖÜ-ß", "ΣΑΣ", "Ǆ"} {
		if want := strings.ToLower(name); NameKey(name) != want && name != "ΣΑΣ" {
			t.Errorf("NameKey(%q) = %q, want %q", name, NameKey(name), want)
		}
	}
}
