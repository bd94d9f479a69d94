package iismodel

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// exhibited are the behaviours that the transcripts have gone through.
var exhibited = struct {
	sync.Mutex
	ids map[string]bool
}{ids: map[string]bool{}}

// TestEveryBehaviourIsShown: a behaviour in the table that no transcript shows
// would be a sentence about nothing.
func TestEveryBehaviourIsShown(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile("testdata/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		transcript(t, machineOf(string(text)), string(text))
	}
	for _, b := range Behaviours {
		if !exhibited.ids[b.ID] {
			t.Errorf("no transcript shows %s", b.ID)
		}
		if b.What == "" || b.Says == "" || b.Source == "" {
			t.Errorf("%s lacks a word: %+v", b.ID, b)
		}
	}
	if len(byID) != len(Behaviours) {
		t.Error("two behaviours have one id")
	}
	for id := range complaints {
		if _, ok := behaviour(id); !ok {
			t.Errorf("the words of %s belong to no behaviour", id)
		}
	}
}

const (
	listBegins = "<!-- behaviours: written by `go test ./test/iismodel -run README -update` -->\n"
	listEnds   = "<!-- end of behaviours -->\n"
)

// TestREADME keeps the list of behaviours in README.md the one of the table.
func TestREADME(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	front, rest, ok := strings.Cut(string(text), listBegins)
	_, back, ok2 := strings.Cut(rest, listEnds)
	if !ok || !ok2 {
		t.Fatal("README.md has no place for the behaviours")
	}
	var b strings.Builder
	b.WriteString("\n| Behaviour | What the model does | The sentence, in our words | Source |\n|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;")
	for _, x := range Behaviours {
		b.WriteString("| `" + x.ID + "` | " + cell.Replace(x.What) + " | " + cell.Replace(x.Says) + " | " + cell.Replace(x.Source) + " |\n")
	}
	want := front + listBegins + b.String() + "\n" + listEnds + back
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(text) {
		t.Error("README.md and behaviours.go differ: run `go test ./test/iismodel -run README -update`")
	}
}

func TestTheModelKnowsNothingOfTheProduct(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"appcmd/main.go", "netsh/main.go", "powershell/main.go"}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
			names = append(names, f.Name())
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, `"slipway/`) && !slices.Contains([]string{`"slipway/test/iismodel"`}, line) {
				t.Errorf("%s imports %s: a model that shares code with what it checks shares its mistakes", name, line)
			}
		}
	}
}
