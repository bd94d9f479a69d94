package textfile

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// form is one way to write Unicode, known by its byte order mark.
type form struct {
	encoding Encoding
	mark     string
	decode   func(b []byte) (text, odd string, ok bool)
	encode   func(mark, text string) []byte
}

// forms has UTF-32 before UTF-16: the mark of the one begins with the mark of
// the other. A file that only seems to be UTF-32 is tried as what comes later.
var forms = []form{
	{UTF8, "\xEF\xBB\xBF", decodeUTF8, encodeUTF8},
	utf32Form(UTF32, "\xFF\xFE\x00\x00", binary.LittleEndian),
	utf32Form(UTF32BE, "\x00\x00\xFE\xFF", binary.BigEndian),
	utf16Form(UTF16, "\xFF\xFE", binary.LittleEndian),
	utf16Form(UTF16BE, "\xFE\xFF", binary.BigEndian),
}

// order is what the two byte orders of encoding/binary have in common.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

func decodeUTF8(b []byte) (string, string, bool) { return string(b), "", true }

func encodeUTF8(mark, text string) []byte {
	return append(append(make([]byte, 0, len(mark)+len(text)), mark...), text...)
}

func utf32Form(e Encoding, mark string, o order) form {
	decode := func(b []byte) (string, string, bool) {
		if len(b)%4 != 0 {
			return "", "", false
		}
		text := make([]byte, 0, len(b)/4)
		for ; len(b) > 0; b = b[4:] {
			r := o.Uint32(b)
			if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
				return "", "", false
			}
			text = utf8.AppendRune(text, rune(r))
		}
		return string(text), "", true
	}
	encode := func(mark, text string) []byte {
		out := append(make([]byte, 0, len(mark)+4*len(text)), mark...)
		for _, r := range text {
			out = o.AppendUint32(out, uint32(r))
		}
		return out
	}
	return form{e, mark, decode, encode}
}

func utf16Form(e Encoding, mark string, o order) form {
	decode := func(b []byte) (string, string, bool) {
		text := make([]byte, 0, len(b)/2)
		for len(b) > 1 {
			r := rune(o.Uint16(b))
			b = b[2:]
			if utf16.IsSurrogate(r) && len(b) > 1 {
				if pair := utf16.DecodeRune(r, rune(o.Uint16(b))); pair != utf8.RuneError {
					r, b = pair, b[2:]
				}
			}
			text = appendUnit(text, r)
		}
		return string(text), string(b), true
	}
	encode := func(mark, text string) []byte {
		out := append(make([]byte, 0, len(mark)+2*len(text)), mark...)
		for len(text) > 0 {
			r, size := nextUnit(text)
			text = text[size:]
			if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
				out = o.AppendUint16(out, uint16(high))
				r = low
			}
			out = o.AppendUint16(out, uint16(r))
		}
		return out
	}
	return form{e, mark, decode, encode}
}

// appendUnit appends a character, or half a surrogate pair, which
// utf8.AppendRune would replace.
func appendUnit(text []byte, r rune) []byte {
	if utf16.IsSurrogate(r) {
		return append(text, 0xED, 0x80|byte(r>>6&0x3F), 0x80|byte(r&0x3F))
	}
	return utf8.AppendRune(text, r)
}

// nextUnit reads what appendUnit wrote.
func nextUnit(text string) (rune, int) {
	r, size := utf8.DecodeRuneInString(text)
	if size == 1 && len(text) > 2 && text[0] == 0xED && text[1]&0xE0 == 0xA0 && text[2]&0xC0 == 0x80 {
		return 0xD000 | rune(text[1]&0x3F)<<6 | rune(text[2]&0x3F), 3
	}
	return r, size
}
