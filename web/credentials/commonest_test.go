package credentials

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// ASVS 5.0 V6.2.4: of the passwords that the policy would take, the 3,000
// commonest at least are refused.
func TestTheCommonestPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	all := commonest()
	if len(all) < 3000 {
		t.Errorf("the list has %d passwords, want 3,000 at least", len(all))
	}
	if len(packedCommonest) > 64<<10 {
		t.Errorf("the list takes %d bytes of the program", len(packedCommonest))
	}
	byList := 0
	for one := range all {
		if utf8.RuneCountInString(one) < minCharacters || one != strings.ToLower(one) || len(one) > longestCommon {
			t.Fatalf("%q is on the list, which is of lower case and of passwords that the policy takes", one)
		}
		if err := CheckPassword(one); err == nil {
			t.Fatalf("CheckPassword(%q) takes one of the list", one)
		}
		if !ofHabit(one) {
			byList++
		}
	}
	if byList < 3000 {
		t.Errorf("only %d of the list are refused by nothing else: the list itself is hardly tested", byList)
	}
	// What no rule about words finds, as it is on the list and as people vary it.
	for _, one := range []string{"1123581321", "tinkerbell", "Tinkerbell", "CINDERELLA", "tequieromucho", "hello kitty", "fktrcfylhf", "soso123aljg", "mailcreated5240"} {
		if err := CheckPassword(one); err == nil {
			t.Errorf("CheckPassword(%q) takes it", one)
		}
	}
}
