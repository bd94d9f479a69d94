package propertiesfile

import "strings"

// File is a properties file that was read.
type File struct {
	Pairs    []Pair
	Comments []Comment
	text     string
}

// Pair is a key with its value, both decoded. What is not there is empty: in
// "key" the separator and the value, in "key=" the value.
type Pair struct {
	Key       string
	Separator string // with the white space around it
	Value     string
	Line      int // where the key begins, from 1

	from, to int  // what a new value takes the place of
	bare     bool // no separator in the file
	isSet    bool
}

// Comment is a line that is no pair, from its `#` or `!` to its end.
type Comment struct {
	Text string
	Line int
}

// Set gives all pairs of a key a new value and says how many there are.
func (f *File) Set(key, value string) int {
	count := 0
	for i := range f.Pairs {
		if f.Pairs[i].Key == key {
			f.Pairs[i].set(value)
			count++
		}
	}
	return count
}

func (p *Pair) set(value string) {
	if p.bare {
		p.Separator = ":" // without one the value would become a part of the key
	}
	p.Value, p.isSet = value, true
}

// String is the text of the file with the values that were set.
func (f *File) String() string {
	out := make([]byte, 0, len(f.text))
	done := 0
	for _, p := range f.Pairs {
		if !p.isSet {
			continue
		}
		out = append(out, f.text[done:p.from]...)
		if p.bare {
			out = append(out, p.Separator...)
		}
		out = appendValue(out, p.Value, strings.ContainsAny(p.Separator, "=:"))
		done = p.to
	}
	return string(append(out, f.text[done:]...))
}
