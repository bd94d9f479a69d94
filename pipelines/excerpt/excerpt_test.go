package excerpt_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/pipelines/excerpt"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"", 3, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc…"},
		{"abé", 4, "abé"},
		{"abéd", 3, "ab…"},
		{"abéd", 4, "abé…"},
		{"日本語", 5, "日…"},
		{"🚢🚢", 3, "…"},
		{"a\xffb", 9, "ab"},
		{"a\xffbc\x80\x80\x80\x80\x80\x80", 8, "abc…"},
		{"\x80\x80\x80\x80\x80\x80\x80", 6, "…"},
		{"abc", 0, "…"},
	} {
		if got := excerpt.Of(c.text, c.most); got != c.want || !utf8.ValidString(got) {
			t.Errorf("Of(%q, %d) = %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"日本語", 3, "日本語"},
		{"日本語", 2, "日…"},
		{"", 1, ""},
		{strings.Repeat("x", 9), 4, "xxx…"},
	} {
		if got := excerpt.Letters(c.text, c.most); got != c.want {
			t.Errorf("Letters(%q, %d) = %q, want %q", c.text, c.most, got, c.want)
		}
	}
}
