package masking

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

func TestHides(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		secrets []string
		text    string
		want    string
	}{
		{nil, "nothing to hide", "nothing to hide"},
		{[]string{"hunter2"}, "it is hunter2, hunter2!", "it is ********, ********!"},
		{[]string{"pass", "password"}, "password passport", "******** ********port"},
		{[]string{"abcabd"}, "abcabcabd", "abc********"},
		{[]string{"abcd", "cdef"}, "xabcdefx", "x********x"},
		{[]string{"abcd"}, "xabcdabcdx", "x********x"},
		{[]string{"abc"}, "too short: abc", "too short: abc"},
		{[]string{"äöü"}, "three characters: äöü", "three characters: äöü"},
		{[]string{"1234"}, "port 12345", "port ********5"},
		{[]string{"first line\nsecond line\n"}, "a\nfirst line\nsecond line\nb", "a\n********\nb"},
		{[]string{"first line\nsecond line\n"}, "only the second line here", "only the ******** here"},
		{[]string{"one\r\ntwo4"}, "one\ntwo4", "********"},
		{[]string{"ab\ncd"}, "abcd ab\ncd", "abcd ********"},
		{[]string{"1234"}, "12\n34", "12\n34"},
		{[]string{"hunter2-hunter2"}, "hunter2-h\n\nunter2", "********"},
		{[]string{"hunter2-hunter2"}, "hun\nter2-hunter2", "hun\nter2-hunter2"},
		{[]string{"hunter2-hunter2"}, "hunter2\n\n\n\n\n-hunter2", "hunter2\n\n\n\n\n-hunter2"},
		{[]string{"****"}, "****", "****"},
		{[]string{"  padded  "}, "it is padded", "it is ********"},
		{[]string{"abcd"}, "YWJj is abc", "YWJj is abc"},
		{[]string{"abcd"}, "YWJjZA== is abcd", "******** is ********"},
		{[]string{`{"user":"service_account","password":"hunter2-hunter2","all":["one-2-three",1,"short"]}`}, "service_account hunter2-hunter2 one-2-three short 1", "service_account ******** ******** short 1"},
		{[]string{"Würde"}, `ls: 'W'$'\303\274''rde' and ''$'\n''Würde'`, `ls: '********' and ''$'\n''********'`},
		{[]string{"-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n-----END KEY-----"}, "-----BEGIN KEY-----\n  MIIEpAIBAAKCAQEA\n", "-----BEGIN KEY-----\n  ********\n"},
	} {
		if got := New(tt.secrets...).Text(tt.text); got != tt.want {
			t.Errorf("Text(%q) with %q = %q, want %q", tt.text, tt.secrets, got, tt.want)
		}
	}
}

func TestSaysWhatItCannotHide(t *testing.T) {
	t.Parallel()
	m := New()
	if m.Add("abc") || !m.Add("abcd") || !m.Add("") {
		t.Error("Add should refuse exactly what has one to three characters")
	}
}

// canaries are secrets with what makes each way of writing them special.
var canaries = []string{
	"correct horse battery staple",
	`p"a'ss\w/o<r>d & $more%41 +x=?`,
	"Ünïcödé €uro 😀 secret",
	"MIIEpAIBAAKCAQEA\n+/9871==\nlast-line-of-it\n",
	"tab\tand\x01control\x7f",
	"0123456789abcdef",
}

// writings are ways in which programs print a value.
var writings = map[string]func(string) string{
	"plain":         func(s string) string { return s },
	"base64":        base64Of(base64.StdEncoding, "", ""),
	"base64 inside": base64Of(base64.StdEncoding, "user:", " and more"),
	"base64 two":    base64Of(base64.StdEncoding, "ab", "x"),
	"base64 raw":    base64Of(base64.RawStdEncoding, "", ""),
	"base64 url":    base64Of(base64.URLEncoding, "a", "b"),
	"base64 rawurl": base64Of(base64.RawURLEncoding, "ab", ""),
	"base64 wrapped at 76": func(s string) string {
		return wrapped(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 60)+s)), 76, "\n")
	},
	"base64 wrapped at 64": func(s string) string {
		return wrapped(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 44)+s)), 64, "\r\n")
	},
	"base64 in an address": func(s string) string { return url.QueryEscape(base64Of(base64.StdEncoding, "", "")(s)) },
	"base64 in JSON":       func(s string) string { return strings.ReplaceAll(base64Of(base64.StdEncoding, "", "")(s), "/", `\/`) },
	"query":                url.QueryEscape,
	"path":                 url.PathEscape,
	"percent lower":        func(s string) string { return each(s, func(b byte) string { return fmt.Sprintf("%%%02x", b) }) },
	"percent upper":        func(s string) string { return each(s, func(b byte) string { return fmt.Sprintf("%%%02X", b) }) },
	"JSON":                 jsonOf,
	"JSON all numbers": func(s string) string {
		return eachRune(s, func(r rune) string {
			if r > 0xffff {
				r -= 0x10000
				return fmt.Sprintf(`\u%04x\u%04X`, 0xd800+r>>10, 0xdc00+r&0x3ff)
			}
			return fmt.Sprintf(`\u%04x`, r)
		})
	},
	"JSON slashes": func(s string) string { return strings.ReplaceAll(jsonOf(s), "/", `\/`) },
	"HTML":         html.EscapeString,
	"XML numbers":  func(s string) string { return eachRune(s, func(r rune) string { return fmt.Sprintf("&#%d;", r) }) },
	"XML hex":      func(s string) string { return eachRune(s, func(r rune) string { return fmt.Sprintf("&#x%X;", r) }) },
	"XML names": func(s string) string {
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(s)
	},
	"shell single": func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" },
	"shell python": func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'" },
	"shell double": func(s string) string {
		return `"` + strings.NewReplacer(`"`, `\"`, `$`, `\$`, "`", "\\`", `\`, `\\`).Replace(s) + `"`
	},
	"ls in the C locale": func(s string) string {
		return "'" + each(strings.ReplaceAll(strings.TrimRight(s, "\n"), "'", `'\''`), func(b byte) string {
			if b < ' ' || b > '~' {
				return fmt.Sprintf(`'$'\%03o''`, b)
			}
			return string(b)
		}) + "'"
	},
	"SQL":           func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" },
	"hex":           func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":           func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"octal":         func(s string) string { return each(s, func(b byte) string { return fmt.Sprintf(`\%03o`, b) }) },
	"broken at 11":  func(s string) string { return wrapped(s, 11, "\n") },
	"carriage ends": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
}

func base64Of(alphabet *base64.Encoding, before, after string) func(string) string {
	return func(s string) string { return alphabet.EncodeToString([]byte(before + s + after)) }
}

func wrapped(s string, columns int, end string) string {
	var b strings.Builder
	for len(s) > columns {
		b.WriteString(s[:columns] + end)
		s = s[columns:]
	}
	return b.String() + s
}

func each(s string, write func(byte) string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(write(s[i]))
	}
	return b.String()
}

func eachRune(s string, write func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(write(r))
	}
	return b.String()
}

func jsonOf(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// TestCanaries writes every secret in every way. What is shown may be longer
// than with nothing in the secret's place by what a value's last line end, or
// base64's rest of a character, leaves.
func TestCanaries(t *testing.T) {
	t.Parallel()
	for _, secret := range canaries {
		m := New(canaries...)
		for name, write := range writings {
			got := m.Text("<<" + write(secret) + ">>")
			left := strings.ReplaceAll(got, Stars, "")
			if got == left || len(left) > len("<<"+write("")+">>")+8 {
				t.Errorf("%s of %q is shown as %q", name, secret, got)
			}
		}
	}
}

// TestCanariesOfBash asks the shell itself how it quotes.
func TestCanariesOfBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	for _, secret := range canaries {
		for _, script := range []string{`printf %q "$1"`, `echo "${1@Q}"`, `set -x; : "$1"`, `x=$1; declare -p x`} {
			out, err := exec.Command(bash, "-c", script+" 2>&1", "-", secret).CombinedOutput()
			if err != nil {
				continue // an older bash
			}
			if got := New(canaries...).Text(string(out)); !strings.Contains(got, Stars) || len(got) > len(Stars)+20 {
				t.Errorf("%s of %q: %q is shown as %q", script, secret, out, got)
			}
		}
	}
}

func TestLeavesOrdinaryTextAlone(t *testing.T) {
	t.Parallel()
	text := "Deploying release 1.0.8 to C:\\new\\table & more: 100% \"done\" at 10+20='30' aGVsbG8=\n\n\tDie Würde des Menschen\n"
	if got := New(canaries...).Text(strings.Repeat(text, 300)); got != strings.Repeat(text, 300) {
		t.Errorf("Text = %q", got)
	}
}
