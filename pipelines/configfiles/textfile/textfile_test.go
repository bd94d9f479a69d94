package textfile

import (
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, bytes, text string
		encoding          Encoding
		bom               bool
	}{
		{"nothing", "", "", UTF8, false},
		{"ASCII", "a\r\nb", "a\r\nb", UTF8, false},
		{"UTF-8", "½ €", "½ €", UTF8, false},
		{"UTF-8 with mark", "\xEF\xBB\xBFa½", "a½", UTF8, true},
		{"only a mark", "\xEF\xBB\xBF", "", UTF8, true},
		{"two marks", "\xEF\xBB\xBF\xEF\xBB\xBFa", "\uFEFFa", UTF8, true},
		{"a mark and then bytes that are no UTF-8", "\xEF\xBB\xBFa\xFF", "a\xFF", UTF8, true},
		{"zero bytes are characters", "a\x00b", "a\x00b", UTF8, false},
		{"UTF-16 without mark is taken as UTF-8", "a\x00b\x00", "a\x00b\x00", UTF8, false},
		{"UTF-16", "\xFF\xFEa\x00\xAC\x20", "a€", UTF16, true},
		{"UTF-16, pair", "\xFF\xFE\x3D\xD8\x00\xDE", "😀", UTF16, true},
		{"UTF-16, half a pair", "\xFF\xFE\x3D\xD8a\x00", "\xED\xA0\xBDa", UTF16, true},
		{"UTF-16, a byte too many", "\xFF\xFEa\x00b", "a", UTF16, true},
		{"UTF-16 big endian", "\xFE\xFF\x00a\x20\xAC", "a€", UTF16BE, true},
		{"UTF-32", "\xFF\xFE\x00\x00a\x00\x00\x00\x00\xF6\x01\x00", "a😀", UTF32, true},
		{"UTF-32 big endian", "\x00\x00\xFE\xFF\x00\x00\x00a", "a", UTF32BE, true},
		{"UTF-16 that begins like UTF-32", "\xFF\xFE\x00\x00a\x00", "\x00a", UTF16, true},
		{"windows-1252", "caf\xE9 \x80\x81", "café €\u0081", Windows1252, false},
	} {
		f := Decode([]byte(c.bytes))
		if f.Text != c.text || f.Encoding != c.encoding || f.BOM != c.bom {
			t.Errorf("%s: got %q %s %v, want %q %s %v", c.name, f.Text, f.Encoding, f.BOM, c.text, c.encoding, c.bom)
		}
		if b, raised := f.Encode(f.Text); string(b) != c.bytes || raised {
			t.Errorf("%s: back: got %q %v, want %q", c.name, b, raised, c.bytes)
		}
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		file   File
		text   string
		bytes  string
		raised bool
	}{
		{"UTF-16 keeps its mark", File{Encoding: UTF16, BOM: true}, "é😀", "\xFF\xFE\xE9\x00\x3D\xD8\x00\xDE", false},
		{"no mark, none written", File{Encoding: UTF16BE}, "é", "\x00\xE9", false},
		{"windows-1252", File{Encoding: Windows1252}, "é€", "\xE9\x80", false},
		{"windows-1252 lacks it", File{Encoding: Windows1252}, "é→", "é→", true},
		{"ASCII lacks it", File{Encoding: "us-ascii"}, "é", "é", true},
		{"bytes that are no text", File{Encoding: Windows1252}, "é\xFF", "é\xFF", true},
	} {
		b, raised := c.file.Encode(c.text)
		if string(b) != c.bytes || raised != c.raised {
			t.Errorf("%s: got %q %v, want %q %v", c.name, b, raised, c.bytes, c.raised)
		}
		if c.file.Holds(c.text) == c.raised {
			t.Errorf("%s: Holds(%q) is %v", c.name, c.text, c.raised)
		}
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, written string // written: "é" in it, with its mark; empty: unknown
	}{
		{"utf-8", "\xEF\xBB\xBFé"},
		{"UTF-8", "\xEF\xBB\xBFé"},
		{"utf-16", "\xFF\xFE\xE9\x00"},
		{"Unicode", "\xFF\xFE\xE9\x00"},
		{"utf-16BE", "\xFE\xFF\x00\xE9"},
		{"unicodeFFFE", "\xFE\xFF\x00\xE9"},
		{"utf-32", "\xFF\xFE\x00\x00\xE9\x00\x00\x00"},
		{"utf-32BE", "\x00\x00\xFE\xFF\x00\x00\x00\xE9"},
		{"windows-1252", "\xE9"},
		{"ISO-8859-1", "\xE9"},
		{"latin1", "\xE9"},
		{"iso-8859-2", "\xE9"},
		{"ibm850", "\x82"},
		{"us-ascii", "é"},
		{"shift_jis", "é"},
		{"utf8", ""},
		{"utf-7", ""},
		{"klingon", ""},
		{"", ""},
	} {
		e, ok := Named(c.name)
		if ok != (c.written != "") {
			t.Errorf("Named(%q) = %q, %v", c.name, e, ok)
			continue
		}
		if !ok {
			continue
		}
		if b, _ := Decode(nil).As(e).Encode("é"); string(b) != c.written {
			t.Errorf("é in %s: got %q, want %q", c.name, b, c.written)
		}
		if again, ok := Named(string(e)); !ok || again != e {
			t.Errorf("Named(%q) = %q, %v; %q is its own name", e, again, ok, e)
		}
	}
}

func TestDecodeAs(t *testing.T) {
	t.Parallel()
	latin2, _ := Named("iso-8859-2")
	japanese, _ := Named("shift_jis")
	for _, c := range []struct {
		bytes string
		e     Encoding
		text  string
		ok    bool
	}{
		{"\xB1", latin2, "ą", true},
		{"\x83e", japanese, "テ", true},
		{"\x83", japanese, "", false},
		{"a\x00", UTF16, "a", true},
		{"\xFF\xFEa\x00", UTF16, "a", true},
		{"\xFF\xFEa\x00", latin2, "a", false},
		{"\xFF", UTF8, "", false},
		{"a", "klingon", "", false},
	} {
		f, ok := DecodeAs([]byte(c.bytes), c.e)
		if ok != c.ok || ok && f.Text != c.text {
			t.Errorf("DecodeAs(%q, %s) = %q, %v; want %q, %v", c.bytes, c.e, f.Text, ok, c.text, c.ok)
		}
		if b, _ := f.Encode(f.Text); ok && string(b) != c.bytes {
			t.Errorf("%q as %s comes back as %q", c.bytes, c.e, b)
		}
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, seed := range []string{"a#{b}", "\xEF\xBB\xBFa\xFF", "\xFF\xFEa\x00\x3D\xD8\x00", "\xFE\xFF\xD8\x3D\xDE\x00\xDE\x00", "\xFF\xFE\x00\x00a\x00\x00\x00", "\x00\x00\xFE\xFF\x00\x11\x00\x00", "caf\xE9\x81\x8D"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file := Decode(b)
		if back, raised := file.Encode(file.Text); string(back) != string(b) || raised {
			t.Errorf("%q came back as %q (%s, raised %v)", b, back, file.Encoding, raised)
		}
		for _, e := range []Encoding{UTF8, UTF16, UTF16BE, UTF32, UTF32BE, Windows1252, "shift_jis", "iso-2022-jp", "gb18030"} {
			file, ok := DecodeAs(b, e)
			if back, _ := file.Encode(file.Text); ok && string(back) != string(b) {
				t.Errorf("%q as %s came back as %q", b, e, back)
			}
		}
	})
}

func BenchmarkUTF8(b *testing.B) {
	content := []byte(strings.Repeat("<add key=\"Name\" value=\"ä value\" />\n", 4000))
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		f := Decode(content)
		f.Encode(f.Text)
	}
}
