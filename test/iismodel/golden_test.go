package iismodel

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files and README.md")

// TestTranscripts goes through testdata/*.txt: lines that begin with "$ " are
// calls, what follows is what they print, and the last line says how they
// ended if that was not 0. What is documented word for word stands there as it
// is documented; read the difference before you accept it.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := transcript(t, machineOf(string(text)), string(text))
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(text) {
				t.Errorf("got\n%s\nwant\n%s", got, text)
			}
		})
	}
}

// machineOf is the machine that a transcript starts on: "# german" and
// "# certificates" in its head ask for more than a new one.
func machineOf(text string) *Machine {
	m := New()
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "# german":
			m.Speak("de")
		case "# certificates":
			m.AddKey(Key{Store: "My", Thumbprint: "D0013E91AAB93F437A4443B13E6D18BD60F0279C"})
			m.AddKey(Key{Store: "WebHosting", Thumbprint: "DAA61C502810CA0952DF77A0D4194C32085B5ABD"})
			m.AddKey(Key{Store: "My", Thumbprint: "FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000", NoPrivateKey: true})
		}
		if rules, ok := strings.CutPrefix(line, "# fail "); ok {
			if err := m.Inject(strings.TrimSpace(rules)); err != nil {
				panic(err)
			}
		}
	}
	return m
}

func transcript(t *testing.T, m *Machine, text string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
		call, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		b.WriteString(line)
		call, input, _ := strings.Cut(strings.TrimSpace(call), " < ")
		words := fields(call)
		r := m.Run(words[0], words[1:], input)
		if strings.Contains(strings.ReplaceAll(r.Stdout, "\r\n", ""), "\n") {
			t.Errorf("%s: a line does not end as on Windows: %q", call, r.Stdout)
		}
		b.WriteString(strings.ReplaceAll(r.Stdout, "\r\n", "\n"))
		if r.Stderr != "" {
			fmt.Fprintf(&b, "stderr: %s", r.Stderr)
		}
		if r.Exit != 0 {
			fmt.Fprintf(&b, "exit %d\n", r.Exit)
		}
		b.WriteString("\n")
	}
	exhibited.Lock()
	defer exhibited.Unlock()
	for id := range m.followed {
		exhibited.ids[id] = true
	}
	return b.String()
}

// fields cuts a command line at blanks outside of quotation marks, which it
// takes away, as the shell would.
func fields(line string) []string {
	var all []string
	word, quoted, open := "", false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, open = !quoted, true
		case r == ' ' && !quoted:
			if open {
				all = append(all, word)
			}
			word, open = "", false
		default:
			word, open = word+string(r), true
		}
	}
	if open {
		all = append(all, word)
	}
	return all
}
