package packagefile

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// unicodeOf is a text as UTF-8 without its byte order mark, which says that it
// was UTF-16.
func unicodeOf(text string) string {
	switch {
	case strings.HasPrefix(text, "\xff\xfe"):
		return fromUTF16(text[2:], binary.LittleEndian)
	case strings.HasPrefix(text, "\xfe\xff"):
		return fromUTF16(text[2:], binary.BigEndian)
	}
	return strings.TrimPrefix(text, "\ufeff")
}

func fromUTF16(text string, order binary.ByteOrder) string {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16([]byte(text[2*i : 2*i+2]))
	}
	return string(utf16.Decode(units))
}

// charset reads what an XML file says its signs are; what had the mark of
// UTF-16 is UTF-8 by now, whatever it says.
func charset(name string, from io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "utf-16", "utf-16le", "utf-16be", "unicode", "us-ascii", "ascii":
		return from, nil
	case "iso-8859-1", "latin1", "windows-1252":
		return latin1(from)
	}
	return nil, fmt.Errorf("its encoding %q is not known here, save it as UTF-8", name)
}

// latin1 also stands for windows-1252, whose other signs nobody needs in an id.
func latin1(from io.Reader) (io.Reader, error) {
	rest, err := io.ReadAll(from) // of a text already in memory
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, c := range rest {
		b.WriteRune(rune(c))
	}
	return strings.NewReader(b.String()), nil
}
