package masking

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// form is one thing to look for. Its text has no line breaks, as the automaton
// reads without them; breaks says what the place it is found at must have.
type form struct {
	text   []byte
	breaks breaks
	before int // symbols in front of the first break, if there is one
}

type breaks byte

const (
	anyBreaks breaks = iota
	noBreaks         // too short to be put together from two lines
	ownBreaks        // as short, and has breaks itself
)

const (
	breakable       = 8 // symbols from which a form may go over breaks
	shortestLine    = 8
	shortestEncoded = 8
	shortestHexed   = 8        // bytes of the value
	longestEncoded  = 16 << 10 // bytes of values of which encoded forms are known
	longestForm     = 1 << 10  // longer ones are looked for in pieces of half of it
)

// formsOf lists the forms that the escapes do not cover.
func formsOf(value string) []form {
	var all []form
	for _, text := range []string{value, strings.TrimSpace(value)} {
		if utf8.RuneCountInString(text) >= shortest {
			all = append(all, plainForm(text))
		}
	}
	if strings.ContainsAny(value, "\r\n") {
		for line := range strings.FieldsFuncSeq(value, isBreak) {
			if line = strings.TrimSpace(line); len(line) >= shortestLine && !isFrame(line) {
				all = append(all, plainForm(line))
			}
		}
	}
	if len(value) <= longestEncoded {
		all = append(all, encodedForms(value)...)
		// Printed with printf or a here-document, the value loses or gets a line end.
		if bare := strings.TrimRight(value, "\r\n"); bare != value {
			all = append(all, encodedForms(bare)...)
		}
		if unix := strings.ReplaceAll(value, "\r\n", "\n"); unix != value {
			all = append(all, encodedForms(unix)...)
		}
	}
	for _, text := range textsInside(value) {
		all = append(all, formsOf(text)...)
	}
	return inPieces(all)
}

// textsInside are the texts of a value that is JSON, which `#{Name.password}`
// prints by themselves. Short words like service_account are no secret.
func textsInside(value string) []string {
	if len(value) > longestEncoded || !strings.HasPrefix(strings.TrimSpace(value), "{") && !strings.HasPrefix(strings.TrimSpace(value), "[") {
		return nil
	}
	var tree any
	if json.Unmarshal([]byte(value), &tree) != nil {
		return nil
	}
	var texts []string
	var collect func(any)
	collect = func(node any) {
		switch node := node.(type) {
		case string:
			if len(node) >= shortestLine && !looksOrdinary(strings.NewReplacer("_", "", "-", "", ".", "").Replace(node)) {
				texts = append(texts, node)
			}
		case []any:
			for _, x := range node {
				collect(x)
			}
		case map[string]any:
			for _, x := range node {
				collect(x)
			}
		}
	}
	collect(tree)
	return texts
}

func isBreak(r rune) bool { return r == '\n' || r == '\r' }

// isFrame is for lines like `-----BEGIN PRIVATE KEY-----`, which are no secret
// and stand around public things too.
func isFrame(line string) bool {
	return strings.HasPrefix(line, "-----") || strings.Trim(line, line[:1]) == ""
}

func plainForm(text string) form {
	text = strings.Trim(text, "\r\n")
	f := form{text: withoutBreaks(text), before: 4}
	own := strings.IndexAny(text, "\r\n")
	if own >= 0 {
		f.before = min(f.before, own)
	}
	switch {
	case len(f.text) >= breakable:
	case own >= 0:
		f.breaks = ownBreaks
	default:
		f.breaks = noBreaks
	}
	return f
}

func withoutBreaks(text string) []byte {
	return slices.DeleteFunc([]byte(text), func(b byte) bool { return isBreak(rune(b)) })
}

// encodedForms are those in other alphabets. Short ones, and ones that look
// like a word or a number, would hide what is no secret.
func encodedForms(value string) []form {
	var all []form
	add := func(text string) {
		if len(text) >= shortestEncoded && !looksOrdinary(text) {
			all = append(all, plainForm(text))
		}
	}
	for _, alphabet := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		for offset := range 3 {
			padded, sure := encodedAt(alphabet, value, offset)
			add(padded)
			add(strings.TrimRight(padded, "="))
			add(padded[:sure])
		}
		whole := alphabet.EncodeToString([]byte(value))
		for _, columns := range []int{64, 76} {
			for at := 0; at < len(whole) && len(whole) > columns; at += columns {
				if line := whole[at:min(at+columns, len(whole))]; len(line) >= 2*shortestEncoded {
					add(line)
				}
			}
		}
	}
	if len(value) >= shortestHexed {
		hexed := hex.EncodeToString([]byte(value))
		add(hexed)
		add(strings.ToUpper(hexed))
	}
	return all
}

// encodedAt is what of the encoding depends on value alone when offset bytes
// (modulo 3) stand before it. Up to sure it does so whatever follows; behind
// that, only if nothing does.
func encodedAt(alphabet *base64.Encoding, value string, offset int) (padded string, sure int) {
	whole := alphabet.EncodeToString(append(make([]byte, offset), value...))
	skipped := []int{0, 2, 3}[offset]
	sure = (offset+len(value))*8/6 - skipped
	return whole[skipped:], max(sure, 0)
}

// looksOrdinary is true for a short text that is all letters of one case or all
// digits.
func looksOrdinary(text string) bool {
	if len(text) >= 2*shortestEncoded {
		return false
	}
	for _, kind := range []string{"az", "AZ", "09"} {
		if strings.IndexFunc(text, func(r rune) bool { return r < rune(kind[0]) || r > rune(kind[1]) }) < 0 {
			return true
		}
	}
	return false
}

// inPieces bounds what has to wait for its rest.
func inPieces(forms []form) []form {
	var all []form
	for _, f := range forms {
		for len(f.text) > longestForm {
			all = append(all, form{text: f.text[:longestForm/2], before: f.before})
			f.text, f.before = f.text[longestForm/2:], 4
		}
		all = append(all, f)
	}
	return all
}
