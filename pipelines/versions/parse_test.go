package versions

import (
	"errors"
	"strings"
	"testing"
)

type wanted struct {
	text                          string
	major, minor, patch, revision int32
	prerelease, metadata          string
	prints                        string // "" means as text
}

func (w wanted) check(t *testing.T, call string, got Version, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s(%q) = %v, want a version", call, w.text, err)
		return
	}
	want := Version{Major: w.major, Minor: w.minor, Patch: w.patch, Revision: w.revision, Prerelease: w.prerelease, Metadata: w.metadata, text: w.prints, release: got.release}
	if want.text == "" {
		want.text = w.text
	}
	if got != want {
		t.Errorf("%s(%q)\n got %+v\nwant %+v", call, w.text, got, want)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, w := range []wanted{
		{text: "1.0.7", major: 1, patch: 7},
		{text: "7", major: 7},
		{text: "3.1", major: 3, minor: 1},
		{text: "1.2.3.4", major: 1, minor: 2, patch: 3, revision: 4},
		{text: "v2.0", major: 2},
		{text: "1.0.01", major: 1, patch: 1},
		{text: "2147483647.0", major: 2147483647},
		{text: "1.0.7-beta.2+sha.5", major: 1, patch: 7, prerelease: "beta.2", metadata: "sha.5"},
		{text: "1.0.7+build-9", major: 1, patch: 7, metadata: "build-9"},
		{text: "1.0---.x", major: 1, prerelease: "--.x"},
		{text: "1.0-20991231235959999", major: 1, prerelease: "20991231235959999"},
		{text: " 1 . 0 . 7 -rc", major: 1, patch: 7, prerelease: "rc", prints: "1.0.7-rc"},
		{text: "1.0.7\n", major: 1, patch: 7, prints: "1.0.7"},
	} {
		got, err := Parse(w.text)
		w.check(t, "Parse", got, err)
	}
}

func TestParseRelease(t *testing.T) {
	t.Parallel()
	for _, w := range []wanted{
		{text: "1.0.7", major: 1, patch: 7},
		{text: "V1.0", major: 1},
		{text: "v1.0", major: 1},
		{text: "velvet", prerelease: "velvet"},
		{text: "latest", prerelease: "latest"},
		{text: "2026.11.22.3", major: 2026, minor: 11, patch: 22, revision: 3},
		{text: "1.0.0.0.9", major: 1, prerelease: "9"},
		{text: "4.0rc1", major: 4, prerelease: "rc1"},
		{text: "4_0", major: 4, prerelease: "0"},
		{text: `4\0-x_y`, major: 4, prerelease: "0-x_y"},
		{text: "4.0-", major: 4},
		{text: "12.Final+abc", major: 12, prerelease: "Final", metadata: "abc"},
		{text: "nightly_3+a+b", prerelease: "nightly_3", metadata: "a+b"},
		{text: " 4 . 1 -x ", major: 4, minor: 1, prerelease: "x", prints: "4.1-x"},
	} {
		got, err := ParseRelease(w.text)
		w.check(t, "ParseRelease", got, err)
	}
}

func TestRefusedVersions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text                 string
		asPackage, asRelease string // part of the reason; "" means accepted
	}{
		{"", "does not begin with a number", "neither a number nor a word"},
		{"..", "does not begin with a number", "neither a number nor a word"},
		{"+meta", "does not begin with a number", "neither a number nor a word"},
		{"stable", "does not begin with a number", ""},
		{"V1.0", "does not begin with a number", ""},
		{"1.0.2147483648", "larger than 2147483647", "larger than 2147483647"},
		{"99999999999", "larger than 2147483647", "larger than 2147483647"},
		{"1 2", `goes on with " 2"`, "only letters, digits"},
		{"1.0 beta", `goes on with " beta"`, "only letters, digits"},
		{"1.2.3.4.5", `goes on with ".5"`, ""},
		{"1.0-", `the prerelease ""`, ""},
		{"1.0-a..b", `the prerelease "a..b"`, ""},
		{"1.0-a b", `the prerelease "a b"`, "only letters, digits"},
		{"1.0-ä", `the prerelease "ä"`, "only letters, digits"},
		{"1.0+", `the metadata ""`, ""},
		{"1.0+a/b", `the metadata "a/b"`, "only letters, digits"},
		{"1.0/../x", `goes on with "/../x"`, "only letters, digits"},
	} {
		_, err := Parse(c.text)
		refused(t, "Parse", c.text, err, c.asPackage)
		_, err = ParseRelease(c.text)
		refused(t, "ParseRelease", c.text, err, c.asRelease)
	}
}

func refused(t *testing.T, call, text string, err error, reason string) {
	t.Helper()
	if reason == "" {
		if err != nil {
			t.Errorf("%s(%q) = %v, want it accepted", call, text, err)
		}
		return
	}
	syntax, ok := errors.AsType[*SyntaxError](err)
	if !ok || syntax.Text != text || !strings.Contains(syntax.Reason, reason) || !strings.Contains(err.Error(), "like 1.0.7") {
		t.Errorf("%s(%q) = %v, want a refusal that says %q and gives an example", call, text, err, reason)
	}
}

// What is printed is read again as the same version: it is stored as text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"1.0.7", " v1. 2-x+y", "stable", "1 2", `V1.0\a`, "v 1", "1.-", "+", "1.0-a+b+c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for call, parse := range map[string]func(string) (Version, error){"Parse": Parse, "ParseRelease": ParseRelease} {
			v, err := parse(s)
			if err != nil {
				continue
			}
			again, err := parse(v.String())
			if err != nil || again != v {
				t.Errorf("%s(%q) prints %q, read again: %+v, %v; want %+v", call, s, v, again, err, v)
			}
		}
	})
}

func TestPrereleaseParts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"1.0": {"", ""}, "1.0-beta": {"beta", ""}, "1.0-beta.2": {"beta", "2"}, "1.0-beta_2-3": {"beta", "2-3"}, "1.0--x": {"", "x"}, "stable": {"stable", ""},
	} {
		v, err := ParseRelease(text)
		if err != nil {
			t.Fatal(err)
		}
		if prefix, counter := v.PrereleaseParts(); prefix != want[0] || counter != want[1] {
			t.Errorf("%s: PrereleaseParts = %q, %q, want %q", text, prefix, counter, want)
		}
	}
}
