package scripts

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/runner/executor/masking"
)

// oneByte reads a page in which a byte is a character, in angles to be seen.
func oneByte(b []byte) []byte {
	var out []byte
	for _, c := range b {
		if c < 0x80 {
			out = append(out, c)
		} else {
			out = append(append(append(out, '<'), string(rune(c))...), '>')
		}
	}
	return out
}

func noSecrets() *masking.Mask { return masking.New() }

func decoded(local func([]byte) []byte, pieces ...string) string {
	d := decoder{local: local}
	var out []byte
	for _, piece := range pieces {
		out = append(out, d.write([]byte(piece))...)
	}
	return string(append(out, d.finish()...))
}

func TestDecoder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want, there string }{
		{"", "", ""},
		{"a\nä€\U0001F600\n", "a\nä€\U0001F600\n", "a\nä€\U0001F600\n"},
		{"\xef\xbb\xbfa\ufeff", "a\ufeff", "a\ufeff"},
		{"\xef\xbb", "\xef\xbb", "<\u00ef><\u00bb>"},
		{"\xff\xfea\x00\xe4\x00\n\x00\x3d\xd8\x00\xdex\x00", "aä\n\U0001F600x", "aä\n\U0001F600x"},
		{"\xff\xfea\x00\x3d\xd8", "a\uFFFD", "a\uFFFD"},
		{"\xff\xfea\x00b", "a\uFFFD", "a\uFFFD"},
		{"\xff", "\xff", "<\u00ff>"},
		{"gr\x81n ok\nä\n", "gr\x81n ok\nä\n", "gr<\u0081>n ok\nä\n"},
		{"a\x81ä\n\x82", "a\x81ä\n\x82", "a<\u0081><\u00c3><\u00a4>\n<\u0082>"},
		{"a\xe2\x82", "a\xe2\x82", "a<\u00e2><\u0082>"},
	} {
		if got := decoded(nil, c.in); got != c.want {
			t.Errorf("%q is read as %q, want %q", c.in, got, c.want)
		}
		if got := decoded(oneByte, c.in); got != c.there {
			t.Errorf("%q, where there is a code page, is read as %q, want %q", c.in, got, c.there)
		}
	}
}

func TestDecoderWaitsForNothingOfUTF8(t *testing.T) {
	t.Parallel()
	d := decoder{local: oneByte}
	if got := string(d.write([]byte("Password: \xe2\x82"))); got != "Password: " {
		t.Errorf("write = %q, want what is whole", got)
	}
	if got := string(d.write([]byte("\xac\x81?"))); got != "€" {
		t.Errorf("write = %q, want the character", got)
	}
	if got := string(d.settle()) + string(d.settle()); got != "<\u0081>?" {
		t.Errorf("settle = %q, want the rest of the line once", got)
	}
	if got := len(d.write(bytes.Repeat([]byte{0x81}, longestHeld))); got == 0 {
		t.Error("a line without end is held for ever")
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add("\xff\xfea\x00", 1)
	f.Add("gr\x81n\n\xe2\x82\xac", 6)
	f.Add("\xef\xbb\xbfx", 2)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		cut = min(max(cut, 0), len(text))
		for _, local := range []func([]byte) []byte{nil, oneByte} {
			whole, pieces := decoded(local, text), decoded(local, text[:cut], text[cut:])
			if whole != pieces && len(text) < longestHeld {
				t.Errorf("%q cut at %d is read as %q, whole as %q", text, cut, pieces, whole)
			}
			if local != nil && !utf8.ValidString(whole) {
				t.Errorf("%q is read as %q, which is no text", text, whole)
			}
		}
	})
}

func TestDecodedBeforeMessagesAndSecrets(t *testing.T) {
	t.Parallel()
	log := &kept{}
	s := newSpeech(noSecrets(), log, t.TempDir())
	s.mask.Add("grünes Geheimnis")
	var wide []byte
	for _, c := range "\uFEFFein grünes Geheimnis\r\n##octopus[setVariable name='" + b64("N") + "' value='" + b64("v") + "']\r\n" {
		wide = append(wide, byte(c), byte(c>>8))
	}
	for piece := range slices.Chunk(wide, 7) {
		s.write("out", piece)
	}
	s.finish()
	if got := strings.Join(log.lines, "|"); got != "out: ein ********" || s.result(0).Outputs["N"] != "v" {
		t.Errorf("lines = %q, outputs %v", got, s.result(0).Outputs)
	}
}
