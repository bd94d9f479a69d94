package signin_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The table says which test shows a line: each of them is there.
func TestTheTableNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../../docs/security-asvs.md")
	must(t, err)
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	root := os.DirFS("../..")
	for _, room := range []string{"web", "runner", "pipelines", "functions", "infra"} {
		must(t, fs.WalkDir(root, room, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(root, path)
			for _, found := range declared.FindAllSubmatch(text, -1) {
				there[string(found[1])] = true
			}
			return err
		}))
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(table, -1)
	if len(named) < 80 {
		t.Errorf("the table names %d tests: some are lost", len(named))
	}
	for _, found := range named {
		if name := string(found[1]); !there[name] {
			t.Errorf("the table names %s, which is not there", name)
		}
	}
	seen := map[string]bool{}
	lines := regexp.MustCompile(`(?m)^\| (V\d+\.\d+\.\d+) \| ([12]) \|`).FindAllSubmatch(table, -1)
	levelOne := 0
	for _, line := range lines {
		if number := string(line[1]); seen[number] {
			t.Errorf("%s stands twice", number)
		}
		seen[string(line[1])] = true
		if string(line[2]) == "1" {
			levelOne++
		}
	}
	if levelOne != 70 {
		t.Errorf("%d lines of level 1, the standard has 70", levelOne)
	}
}
