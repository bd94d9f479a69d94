package canary

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// secret is one canary.
type secret struct {
	name  string
	value string
	// parts are what must not be seen of it by itself: its lines, or the texts inside of it. Without any it is the value.
	parts []string
}

// secrets are made anew for each run. What is special in a value stands between random letters, at most five bytes at once: no
// window, nor the nine bytes of one in base64, is the same in another run.
func secrets() []secret {
	begun := random(20)
	key, password, token := "k"+random(11), random(18), random(24)
	pem := []string{encoded(48), encoded(48), encoded(48), encoded(18)}
	return []secret{
		{name: "special", value: between("", `p&ss"`, `w'ö`, `<rd>`, `\ `, ` 100`, `%+=`, "")},
		{name: "shell", value: between("", "$(x)", "`y`", "$HOME", ";*?", "[a]", "{b}", "!#~|", `"'"`, "")},
		{name: "begun", value: begun},
		{name: "longer", value: begun + random(14)},
		{name: "eight", value: random(8)},
		{name: "long", value: encoded(400) + encoded(1)},
		{
			name:  "pem",
			value: "-----BEGIN PRIVATE KEY-----\n" + strings.Join(pem, "\n") + "\n-----END PRIVATE KEY-----\n",
			parts: pem,
		},
		{
			name:  "json",
			value: `{"user":"u` + key + `","password":"` + password + `","tokens":["` + token + `"]}`,
			parts: []string{password, token},
		},
		{name: "scoped", value: random(10) + "/" + random(10)},
		{name: "pattern", value: between("", "(", "[a", "")},
		{name: "template", value: between("", "", "#{P}", "", "")},
	}
}

// made is what a script makes and calls sensitive.
const made = "made"

// between puts random letters between the pieces.
func between(pieces ...string) string {
	out := pieces[0]
	for _, piece := range pieces[1:] {
		out += random(5) + piece
	}
	return out
}

func random(n int) string {
	out := ""
	for len(out) < n {
		out += rand.Text()
	}
	// Letters of both cases and digits, and never a word.
	return mixed(out[:n])
}

func mixed(text string) string {
	b := []byte(text)
	for i := range b {
		if i%3 == 1 && b[i] >= 'A' {
			b[i] |= 0x20
		}
	}
	return string(b)
}

func encoded(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

func (s secret) hidden() []string {
	if s.parts != nil {
		return s.parts
	}
	return []string{s.value}
}
