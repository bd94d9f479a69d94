package auditlog

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Sieve says of stored lines which are worth to be read, since reading one takes
// ten times as long. It never turns away what its filter would let through. It is
// for one goroutine.
type Sieve struct {
	filter     Filter
	ids        [][]byte
	categories map[string]bool // those that came by
	person     []byte          // in lower case, as what follows
	text       [][]byte        // one of them is in the line
	foreign    bool            // the text has letters that no line of ASCII has
	lower      []byte
}

// Sieve is the filter's.
func (f Filter) Sieve() *Sieve {
	s := &Sieve{filter: f, categories: map[string]bool{}}
	for _, id := range []string{f.Project, f.Environment, f.Subject} {
		if id != "" && plain(id) {
			s.ids = append(s.ids, []byte(`"`+id+`"`))
		}
	}
	if plain(f.Person) {
		s.person = []byte(strings.ToLower(f.Person))
	}
	text := strings.ToLower(f.Text)
	if text != "" && plain(text) {
		// The words of a category stand in the line without spaces.
		s.text = [][]byte{[]byte(text), []byte(strings.ReplaceAll(text, " ", ""))}
	}
	s.foreign = !isASCII(text)
	return s
}

// Passes says whether the line is to be read.
func (s *Sieve) Passes(line []byte) bool {
	for _, id := range s.ids {
		if !bytes.Contains(line, id) {
			return false
		}
	}
	if s.filter.Kind != "" && !s.ofKind(line) {
		return false
	}
	if s.person == nil && s.text == nil && !s.foreign {
		return true
	}
	var ascii bool
	if s.lower, ascii = lowered(s.lower, line); !ascii { // some letters have a partner of another length there
		return true
	}
	if s.foreign && !bytes.Contains(line, []byte(`\u`)) || !bytes.Contains(s.lower, s.person) {
		return false
	}
	return s.text == nil || bytes.Contains(s.lower, s.text[0]) || bytes.Contains(s.lower, s.text[1])
}

var categoryIs = []byte(`"category":"`)

// ofKind looks at a line's category: the first of that name is the entry's own,
// since its details come after it.
func (s *Sieve) ofKind(line []byte) bool {
	_, rest, found := bytes.Cut(line, categoryIs)
	category, _, ends := bytes.Cut(rest, []byte(`"`))
	if !found || !ends || bytes.IndexByte(category, '\\') >= 0 {
		return true
	}
	is, known := s.categories[string(category)]
	if !known {
		is = OfKind(s.filter.Kind, string(category))
		s.categories[string(category)] = is
	}
	return is
}

// plain says whether a text stands in JSON as it is.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' || strings.IndexByte(`"\<>&`, text[i]) >= 0 {
			return false
		}
	}
	return true
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// lowered is a line of ASCII in lower case, in the buffer; false for another
// line. Eight letters are taken at once.
func lowered(buffer, line []byte) ([]byte, bool) {
	const ones = 0x0101010101010101
	buffer = buffer[:0]
	for ; len(line) >= 8; line = line[8:] {
		eight := binary.LittleEndian.Uint64(line)
		if eight&(0x80*ones) != 0 {
			return buffer, false
		}
		// Of each byte the highest bit: is it from A on, is it beyond Z?
		capital := (eight + (0x80-'A')*ones) &^ (eight + (0x7f-'Z')*ones) & (0x80 * ones)
		buffer = binary.LittleEndian.AppendUint64(buffer, eight|capital>>2)
	}
	for _, c := range line {
		if c >= 0x80 {
			return buffer, false
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buffer = append(buffer, c)
	}
	return buffer, true
}
