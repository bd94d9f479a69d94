package substitute

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"slipway/pipelines/octostache"
)

// What becomes of the bytes is checked by the cases in test/vectors; here
// stands the report.

func variables(pairs ...string) *octostache.Variables {
	v := octostache.NewVariables()
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestReport(t *testing.T) {
	t.Parallel()
	vars := variables("a", "1", "kanji", "漢", "same", "#{same2}", "same2", "##{same}")
	for _, c := range []struct {
		content, encoding string
		want              Report
		failed            bool
	}{
		{"#{a}", "", Report{Changed: true}, false},
		{"nothing", "", Report{}, false},
		{"nothing", "klingon", Report{UnknownEncoding: true}, false},
		{"nothing", "utf-8", Report{Changed: true}, false},
		{"\xEF\xBB\xBFnothing", "utf-8", Report{}, false},
		{"#{same}", "", Report{}, false},
		{"\xE9#{kanji}", "", Report{Changed: true, Raised: true}, false},
		{"#{b}", "", Report{Unresolved: []string{"#{b}"}}, true},
		{"\n#{,}", "", Report{Malformed: []*octostache.ParseError{{Line: 2, Column: 3}}}, true},
	} {
		_, got, err := Substitute([]byte(c.content), vars, Options{Encoding: c.encoding})
		same := got.Changed == c.want.Changed && got.Raised == c.want.Raised && got.UnknownEncoding == c.want.UnknownEncoding &&
			strings.Join(got.Unresolved, " ") == strings.Join(c.want.Unresolved, " ") && len(got.Malformed) == len(c.want.Malformed)
		for i, m := range c.want.Malformed {
			same = same && got.Malformed[i].Line == m.Line && got.Malformed[i].Column == m.Column
		}
		if err != nil || !same || got.Failed() != c.failed {
			t.Errorf("Substitute(%q, %q): got %+v %v, want %+v", c.content, c.encoding, got, err, c.want)
		}
	}
}

func TestMalformedIsBounded(t *testing.T) {
	t.Parallel()
	_, r, err := Substitute(bytes.Repeat([]byte("#{}\n"), 100_000), nil, Options{})
	if err != nil || len(r.Malformed) != 100 || r.Malformed[99].Line != 100 {
		t.Errorf("got %d malformed, error %v", len(r.Malformed), err)
	}
}

func TestLargeFiles(t *testing.T) {
	t.Parallel()
	large := make([]byte, MaxBytes+1)
	if out, _, err := Substitute(large, nil, Options{}); err != nil || len(out) != len(large) {
		t.Errorf("without an expression: %d bytes, %v", len(out), err)
	}
	copy(large[len(large)-4:], "#{x}")
	_, _, err := Substitute(large, nil, Options{})
	if err == nil || !strings.Contains(err.Error(), "at most 32 MB") {
		t.Errorf("with one: %v", err)
	}
}

// An error ends in a log; values may be secrets.
func TestErrorsHoldNoValues(t *testing.T) {
	t.Parallel()
	const secret = "s3cr(et"
	vars := variables("secret", secret, "loop", "#{loop}"+secret, "slow", strings.Repeat("a", 40)+secret, "list", `["x"]`, "minus", "-4711")
	for _, text := range []string{
		"#{secret | VersionMajor}", "#{secret | FromBase64}", "#{list | Match #{secret}}", "#{list | Replace #{secret}}",
		"#{loop}", `#{slow | Match "^(a+)+$"}`, "#{list[#{minus}]}", "#{each x in loop}#{x}#{/each}",
	} {
		_, _, err := Substitute([]byte(text), vars, Options{})
		if err == nil {
			t.Errorf("%s: no error", text)
			continue
		}
		for _, part := range []string{secret, "aaaa", "4711"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

func TestEncodingAskedFor(t *testing.T) {
	t.Parallel()
	const name = "Octopus.Action.SubstituteInFiles.OutputEncoding"
	for _, c := range []struct {
		vars *octostache.Variables
		want string
	}{
		{variables(), ""},
		{variables(name, "utf-8"), "utf-8"},
		{variables(name, "#{e}", "e", "utf-16"), "utf-16"},
		{variables(name, "#{,}"), "#{,}"},
	} {
		if got, err := EncodingAskedFor(c.vars, octostache.Options{}); err != nil || got != c.want {
			t.Errorf("EncodingAskedFor = %q, %v, want %q", got, err, c.want)
		}
	}
	_, err := EncodingAskedFor(variables(name, "#{"+name+"}"), octostache.Options{})
	if _, cycle := errors.AsType[*octostache.CycleError](err); !cycle {
		t.Errorf("a circle: %v", err)
	}
}

// Text that is not between `#{` and `}` stays, byte for byte.
func FuzzSubstitute(f *testing.F) {
	for _, seed := range []string{"a#{a}b", "\xFF\xFEa\x00#\x00{\x00a\x00}\x00", "\xE9##{a}#{a | Append \xE9}", "#{each x in a}\r\n#{x}#{/each}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		out, r, err := Substitute(content, variables("a", "1,2"), Options{})
		if err != nil || mayHoldTokens(content) {
			return
		}
		if !bytes.Equal(out, content) || r.Changed {
			t.Errorf("%q became %q", content, out)
		}
	})
}
