package masking

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// slowly is the plain definition of what Stream does: it looks for every form
// at every place of every reading.
func slowly(m *Mask, text string) string {
	hidden := make([]bool, len(text))
	for i := -1; i < len(escapes); i++ {
		symbols := readAll(text, i)
		for _, f := range m.forms {
			for at := range symbols {
				if end := f.at(symbols, at); end > 0 {
					for i := symbols[at].start; i < end; i++ {
						hidden[i] = true
					}
				}
			}
		}
	}
	var b strings.Builder
	for i := range hidden {
		if !hidden[i] {
			b.WriteByte(text[i])
		} else if i == 0 || !hidden[i-1] {
			b.WriteString(Stars)
		}
	}
	return b.String()
}

type symbol struct {
	value      byte
	start, end int
	row        int // breaks in front of it
}

func readAll(text string, kind int) []symbol {
	var all []symbol
	row := 0
	for at := 0; at < len(text); {
		written, used := []byte{text[at]}, 1
		if kind >= 0 && strings.Contains(escapes[kind].first, text[at:at+1]) {
			if s, n := escapes[kind].decodeLast([]byte(text[at:])); n > 0 {
				written, used = s, n
			}
		}
		for _, b := range written {
			if b == '\n' || b == '\r' {
				row++
				continue
			}
			all = append(all, symbol{b, at, at + used, row})
			row = 0
		}
		at += used
	}
	return all
}

// at is the end of the form in the text if it stands there.
func (f form) at(symbols []symbol, at int) int {
	if at+len(f.text) > len(symbols) {
		return 0
	}
	before := -1
	for i, b := range f.text {
		s := symbols[at+i]
		if s.value != b || i > 0 && s.row > longestRow {
			return 0
		}
		if i > 0 && s.row > 0 && before < 0 {
			before = i
		}
	}
	if before >= 0 && (f.breaks == noBreaks || before < f.before) || before < 0 && f.breaks == ownBreaks {
		return 0
	}
	return symbols[at+len(f.text)-1].end
}

// inPiecesOf writes text cut by cuts, each the length of the next piece.
func inPiecesOf(m *Mask, text string, cut func(left int) int) string {
	var b strings.Builder
	s := m.Stream()
	for text != "" {
		n := cut(len(text))
		b.Write(s.Write([]byte(text[:n])))
		text = text[n:]
	}
	b.Write(s.Finish())
	return b.String()
}

var crafted = [][]string{
	{"aabab", "abab", "baba\nbb", "bbbbb", "abababababab"},
	{"a'b''", `a\nb%41b`, "a&b\rab", "aaaaaaaaa", "bb'b\n\nbaa+ab"},
	{"a b a", "%%41", "ab\"\"ab", "b\nabab", "aaaabbbbaaaabbbb"},
	{"b\nabababab", "aababbab", "'a''b", `"ab"`, "%%6ab", "&&ab", `\\ab`, "   a"},
}

// parts make texts that are full of beginnings.
var parts = []string{"a", "b", "a", "b", "ab", "aa", "\n", "\r\n", "\n\n\n", "'", `'\''`, `'"'"'`, "''", `"`, `\`, `\n`, `\u0061`, `\u00`, `\x62`, `\142`, "%", "%61", "%6", "%0A", "+", " ", "&", "&#97;", "&#x62;", "&#", "&amp;", ";", "4", "1", `\ud83d`, `\ude00`, "YWFiY", "WFi", "6161626162", "=", "abab", "baba"}

// disguised writes most of a secret with a break or an escape here and there.
func disguised(random *rand.Rand, secret string) string {
	kind, often := random.IntN(8), 1+random.IntN(12)
	return each(secret[random.IntN(2):], func(b byte) string {
		if random.IntN(often) > 0 {
			return string([]byte{b})
		}
		switch kind {
		case 0:
			return fmt.Sprintf("%%%02x", b)
		case 1:
			return fmt.Sprintf(`\%03o`, b)
		case 2:
			return fmt.Sprintf("&#%d;", b)
		case 3:
			return string([]byte{b, b})
		}
		return string([]byte{b}) + strings.Repeat("\n", 1+random.IntN(5)*random.IntN(2))
	})
}

// TestStreamIsWhatTheDefinitionSays compares with slowly for random texts, cut
// at random.
func TestStreamIsWhatTheDefinitionSays(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 12_000 {
		secrets := crafted[round%len(crafted)]
		m := New(secrets...)
		var text strings.Builder
		for range random.IntN(12) {
			text.WriteString(parts[random.IntN(len(parts))])
			if random.IntN(4) == 0 {
				text.WriteString(disguised(random, secrets[random.IntN(len(secrets))]))
			}
		}
		want := slowly(m, text.String())
		if got := m.Text(text.String()); got != want {
			t.Fatalf("Text(%q) = %q, want %q (%q)", text.String(), got, want, secrets)
		}
		got := inPiecesOf(m, text.String(), func(left int) int { return 1 + random.IntN(min(left, 9)) })
		if got != want {
			t.Fatalf("%q in pieces = %q, want %q", text.String(), got, want)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add("aabab", "hunter22", "xx aab\nab hunter%32\\x32", uint64(3))
	f.Add("a'b\"c\nd", "YWFi", "a'\\''b\\\"c\\nd YWFi", uint64(7))
	f.Fuzz(func(t *testing.T, one, two, text string, seed uint64) {
		if len(one)+len(two) > 200 || len(text) > 500 {
			return
		}
		m := New(one, two)
		want := slowly(m, text)
		random := rand.New(rand.NewPCG(seed, 1))
		if got := inPiecesOf(m, text, func(left int) int { return 1 + random.IntN(left) }); got != want {
			t.Errorf("%q in pieces with %q and %q = %q, want %q", text, one, two, got, want)
		}
	})
}

func TestLearnsWhileItReads(t *testing.T) {
	t.Parallel()
	m := New("aaaabbbb")
	s := m.Stream()
	got := string(s.Write([]byte("x aaaab")))
	m.Add("aabcc")
	got += string(s.Write([]byte("cc aaaabb"))) + string(s.Write([]byte("bb"))) + string(s.Finish())
	if want := "x aa******** ********"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSettleGivesOutWholeLines(t *testing.T) {
	t.Parallel()
	s := New("correct horse").Stream()
	got := string(s.Write([]byte("it is correct\n")))
	if got != "it is " {
		t.Fatalf("Write = %q, want what cannot be the secret", got)
	}
	got += string(s.Settle())
	if got != "it is correct\n" {
		t.Fatalf("with Settle = %q, want the line", got)
	}
	got += string(s.Write([]byte("correct\n horse correct ho")))
	got += string(s.Settle())
	if want := "it is correct\n******** "; got != want {
		t.Errorf("at the end = %q, want %q", got, want)
	}
	got += string(s.Write([]byte("rse"))) + string(s.Finish())
	if want := "it is correct\n******** ********"; got != want {
		t.Errorf("at the end = %q, want %q", got, want)
	}
}

// TestLinesDoNotWait: a line should not have to wait for the next one unless a
// good part of a secret is its end.
func TestLinesDoNotWait(t *testing.T) {
	t.Parallel()
	s := New(canaries...).Stream()
	for _, line := range []string{"100%\n", `{"a":"b"}` + "\n", "done c\n", "cor\n", "it's\n", "a & b\n", `C:\` + "\n", "\n", "x ''\n"} {
		if got := string(s.Write([]byte(line))); got != line {
			t.Errorf("Write(%q) shows %q", line, got)
		}
	}
}

// TestKeepsLittle: whatever is written, what waits is bounded.
func TestKeepsLittle(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("ab", 3000)
	m := New(secret, "abcdefgh")
	for _, piece := range []string{"ab", "abab\n", "a%62", "\n", "abcd\n\n\n\n\n\n", `\u0061b`, "%", "abcd%65\n", "''", "'"} {
		s := m.Stream()
		for range 200 {
			s.Write([]byte(strings.Repeat(piece, 500)))
		}
		if len(s.text) > 64<<10 || len(s.hidden) > 10 || cap(s.escaped[0].begins) > 32<<10 {
			t.Errorf("after much of %q: %d bytes wait, %d spans", piece, len(s.text), len(s.hidden))
		}
	}
}

func manySecrets(n int) []string {
	random := rand.New(rand.NewPCG(5, 6))
	var all []string
	for range n {
		secret := make([]byte, 16+random.IntN(24))
		for i := range secret {
			secret[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+-_!"[random.IntN(67)]
		}
		all = append(all, string(secret))
	}
	return all
}

func BenchmarkStream(b *testing.B) {
	secrets := manySecrets(500)
	random := rand.New(rand.NewPCG(7, 8))
	var prose, encoded strings.Builder
	for prose.Len() < 1<<20 {
		fmt.Fprintf(&prose, "2030-05-22T09:05:00Z INFO  restored package Acme.Web.%d in %d ms from /opt/feeds/acme (\"cache\": %v)\n", random.IntN(1000), random.IntN(9999), random.IntN(2) == 1)
	}
	for encoded.Len() < 1<<20 {
		fmt.Fprintf(&encoded, `{"name":"caf\u00e9 \"%d\"","url":"https:\/\/x?a=%%2F%%20%d&amp;b='' "}`+"\n", random.IntN(1000), random.IntN(1000))
	}
	for _, kind := range []struct{ name, text string }{{"log", prose.String()}, {"escapes", encoded.String()}} {
		for _, n := range []int{5, 50, 500} {
			m := New(secrets[:n]...)
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				b.SetBytes(int64(len(kind.text)))
				m.automaton()
				for b.Loop() {
					s := m.Stream()
					s.Write([]byte(kind.text))
					s.Finish()
				}
			})
		}
	}
}

func BenchmarkBuild50(b *testing.B) {
	secrets := manySecrets(50)
	for b.Loop() {
		New(secrets...).automaton()
	}
}
