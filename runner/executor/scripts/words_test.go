package scripts

import (
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"  \t\n", nil},
		{"a  b\nc", []string{"a", "b", "c"}},
		{`'a b' "c d" e\ f`, []string{"a b", "c d", "e f"}},
		{`'' ""`, []string{"", ""}},
		{`a'b'"c"d`, []string{"abcd"}},
		{`"\"\\\$\x" '\'`, []string{`"\$\x`, `\`}},
		{`it\'s "it's" 'say "x"'`, []string{"it's", "it's", `say "x"`}},
		{"$HOME `x` $(y) * ; | > &", []string{"$HOME", "`x`", "$(y)", "*", ";", "|", ">", "&"}},
		{"a\\\nb", []string{"ab"}},
		{"größe '€'", []string{"größe", "€"}},
	} {
		if got, err := Words(tt.text); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("Words(%q) = %q, %v, want %q", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"'", `a "b`, `a\`, `"a\"`} {
		if got, err := Words(text); err == nil {
			t.Errorf("Words(%q) = %q, want an error", text, got)
		}
	}
}
