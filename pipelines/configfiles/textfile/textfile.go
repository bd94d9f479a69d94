// Package textfile turns the bytes of a text file into text and back.
//
// It knows nothing of what the text says, and guesses no language: a file that
// is not valid UTF-8 and has no byte order mark is read as windows-1252, in
// which every byte is some character.
//
// The idea to know: nothing is lost. Text that was not changed is written as
// the very bytes it was read from, whatever those were. What a well-formed text
// cannot hold stays in File.Text as bytes that are not valid UTF-8: invalid
// bytes behind a UTF-8 mark as themselves, halves of surrogate pairs in UTF-16
// as the three bytes that UTF-8 would use if it allowed them.
package textfile

import "unicode/utf8"

// File is the text of a file, and how it was written.
type File struct {
	Text     string
	Encoding Encoding
	BOM      bool
	odd      string // the last byte of a UTF-16 file that has one too many
}

// Decode reads a file: by its byte order mark, else as UTF-8 if it is valid,
// else as windows-1252.
func Decode(b []byte) File {
	for _, f := range forms {
		rest, marked := cutPrefix(b, f.mark)
		if !marked {
			continue
		}
		if text, odd, ok := f.decode(rest); ok {
			return File{Text: text, Encoding: f.encoding, BOM: true, odd: odd}
		}
	}
	if utf8.Valid(b) {
		return File{Text: string(b), Encoding: UTF8}
	}
	text, _ := decodeTable(b, Windows1252)
	return File{Text: text, Encoding: Windows1252}
}

// DecodeAs reads a file that names its encoding, as XML does. A byte order mark
// is believed more than a name. Not ok: the bytes are not in that encoding.
func DecodeAs(b []byte, e Encoding) (File, bool) {
	if f := Decode(b); f.BOM {
		return f, f.Encoding == e
	}
	for _, f := range forms {
		if f.encoding == e {
			text, odd, ok := f.decode(b)
			return File{Text: text, Encoding: e, odd: odd}, ok && (e != UTF8 || utf8.ValidString(text))
		}
	}
	text, ok := decodeTable(b, e)
	return File{Text: text, Encoding: e}, ok
}

// As is the same file in an encoding that somebody asked for by name, which
// for the Unicode encodings means with a byte order mark.
func (f File) As(e Encoding) File {
	if f.Encoding == e {
		return File{Text: f.Text, Encoding: e, BOM: e.IsUnicode(), odd: f.odd}
	}
	return File{Text: f.Text, Encoding: e, BOM: e.IsUnicode()}
}

// Encode writes text the way the file was written. An encoding that cannot
// hold the text gives way to UTF-8 without a byte order mark; raised says so.
func (f File) Encode(text string) (b []byte, raised bool) {
	for _, form := range forms {
		if form.encoding != f.Encoding {
			continue
		}
		var mark string
		if f.BOM {
			mark = form.mark
		}
		return append(form.encode(mark, text), f.odd...), false
	}
	if b, ok := encodeTable(text, f.Encoding); ok {
		return b, false
	}
	return []byte(text), true
}

// EncodeBytes is Encode for a text that the caller has as bytes and does not
// need any more; they may become part of the result.
func (f File) EncodeBytes(text []byte) (b []byte, raised bool) {
	if f.Encoding == UTF8 && !f.BOM {
		return text, false
	}
	return f.Encode(string(text))
}

// Holds says whether the file's encoding has all characters of text.
func (f File) Holds(text string) bool {
	if f.Encoding.IsUnicode() {
		return true
	}
	_, ok := encodeTable(text, f.Encoding)
	return ok
}

func cutPrefix(b []byte, prefix string) ([]byte, bool) {
	if len(b) < len(prefix) || string(b[:len(prefix)]) != prefix {
		return b, false
	}
	return b[len(prefix):], true
}
