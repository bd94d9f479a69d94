package canary

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
)

// TestFinds writes each secret in each way, and the finder must see it.
func TestFinds(t *testing.T) {
	t.Parallel()
	all := secrets()
	f := newFinder(all)
	for _, s := range all {
		for how, write := range map[string]func(string) string{
			"plain":          func(v string) string { return v },
			"base64":         func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) },
			"base64 inside":  func(v string) string { return base64.StdEncoding.EncodeToString([]byte("user:" + v + "\nand more")) },
			"base64 URL":     func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte("ab" + v)) },
			"base64 wrapped": func(v string) string { return folded(base64.StdEncoding.EncodeToString([]byte("a"+v)), 76) },
			"hex":            func(v string) string { return hex.EncodeToString([]byte(v)) },
			"query":          url.QueryEscape,
			"path":           url.PathEscape,
			"JSON":           inJSON,
			"JSON in JSON":   func(v string) string { return inJSON(strings.Trim(url.PathEscape(v), `"`)) },
			"XML":            inXML,
			"folded":         func(v string) string { return folded(v, 5) },
			"one half":       func(v string) string { return v[:max(len(v)/2, min(len(v), 2*window))] },
		} {
			if how == "one half" && s.parts != nil {
				continue
			}
			if got := f.find([]byte("before " + write(s.value) + " after")); len(got) == 0 {
				t.Errorf("%s of %s is not found in %q", how, s.name, write(s.value))
			}
		}
	}
}

// TestFindsNothing shows the finder what slipway prints in place of secrets, and what is like them.
func TestFindsNothing(t *testing.T) {
	t.Parallel()
	f := newFinder(secrets())
	for _, s := range secrets() { // others
		if got := f.find([]byte(s.value + "\n******** " + inJSON(s.value))); len(got) != 0 {
			t.Errorf("find = %q", got)
		}
	}
}

func folded(text string, columns int) string {
	var b strings.Builder
	for ; len(text) > columns; text = text[columns:] {
		b.WriteString(text[:columns] + "\n")
	}
	return b.String() + text
}

func inJSON(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func inXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
