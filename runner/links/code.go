package links

import (
	"fmt"
	"io"
	"strings"
)

// CodeLength is how many characters a code has.
const CodeLength = 6

// alphabet leaves out I, L, O (look like 1 and 0) and U (looks like V): digits
// and letters that survive a bad font and a telephone. 32 of them: five random
// bits each, none more likely than another.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func newCode(rand io.Reader) (string, error) {
	var random [CodeLength]byte
	if _, err := io.ReadFull(rand, random[:]); err != nil {
		return "", fmt.Errorf("link code: %w", err)
	}
	for i, b := range random {
		random[i] = alphabet[b%32]
	}
	return string(random[:]), nil
}

// misread maps what people type to what was printed.
var misread = strings.NewReplacer("O", "0", "I", "1", "L", "1", "U", "V", " ", "", "-", "", "\t", "", "\u00a0", "")

// normal is the code as New made it, and whether it has the form of one.
func normal(typed string) (string, bool) {
	if len(typed) > 64 {
		return "", false
	}
	code := misread.Replace(strings.ToUpper(strings.TrimSpace(typed)))
	if len(code) != CodeLength {
		return "", false
	}
	for _, r := range code {
		if !strings.ContainsRune(alphabet, r) {
			return "", false
		}
	}
	return code, true
}
