package textfile

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
)

// Encoding is how characters are written as bytes, under the name it has in an
// XML declaration.
type Encoding string

// The encodings that a file is recognised to have. Others are only asked for,
// by name.
const (
	UTF8        Encoding = "utf-8"
	UTF16       Encoding = "utf-16" // little endian
	UTF16BE     Encoding = "utf-16BE"
	UTF32       Encoding = "utf-32" // little endian
	UTF32BE     Encoding = "utf-32BE"
	Windows1252 Encoding = "windows-1252"
)

// IsUnicode says whether the encoding has every character there is.
func (e Encoding) IsUnicode() bool {
	switch e {
	case UTF8, UTF16, UTF16BE, UTF32, UTF32BE:
		return true
	}
	return false
}

// aliases are the further names that .NET gives the Unicode encodings. It does
// not know "utf8" without a hyphen, so neither do we.
var aliases = map[string]Encoding{
	"utf-8":               UTF8,
	"unicode-1-1-utf-8":   UTF8,
	"unicode-2-0-utf-8":   UTF8,
	"x-unicode-1-1-utf-8": UTF8,
	"x-unicode-2-0-utf-8": UTF8,
	"utf-16":              UTF16,
	"utf-16le":            UTF16,
	"unicode":             UTF16,
	"ucs-2":               UTF16,
	"iso-10646-ucs-2":     UTF16,
	"utf-16be":            UTF16BE,
	"unicodefffe":         UTF16BE,
	"utf-32":              UTF32,
	"utf-32le":            UTF32,
	"utf-32be":            UTF32BE,
	"utf8":                "",
	"utf-7":               "",
}

// Named finds an encoding by one of its names, without regard to case.
func Named(name string) (Encoding, bool) {
	if e, known := aliases[strings.ToLower(name)]; known {
		return e, e != ""
	}
	table, err := ianaindex.IANA.Encoding(name)
	if err != nil || table == nil {
		return "", false
	}
	canonical, err := ianaindex.MIME.Name(table)
	if err != nil {
		return "", false
	}
	return Encoding(strings.ToLower(canonical)), true
}

// table is how an encoding with a limited set of characters is read and
// written.
func table(e Encoding) encoding.Encoding {
	t, err := ianaindex.IANA.Encoding(string(e))
	if err != nil {
		return nil
	}
	return t
}

// decodeTable is not ok unless the text leads back to the same bytes.
func decodeTable(b []byte, e Encoding) (string, bool) {
	if e == Windows1252 {
		return decode1252(b), true
	}
	t := table(e)
	if t == nil {
		return "", false
	}
	text, err := t.NewDecoder().Bytes(b)
	if err != nil {
		return "", false
	}
	back, ok := encodeTable(string(text), e)
	return string(text), ok && string(back) == string(b)
}

func encodeTable(text string, e Encoding) ([]byte, bool) {
	if e == Windows1252 {
		return encode1252(text)
	}
	t := table(e)
	if t == nil {
		return nil, false
	}
	b, err := t.NewEncoder().Bytes([]byte(text))
	return b, err == nil
}
