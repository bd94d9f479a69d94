package signin_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What ASVS 5.0.0 has, by section: V1.2.1 to V1.2.5 are of level 1.
const (
	levelOne = `V1.2.1-5 V1.3.1-2 V1.5.1 V2.1.1 V2.2.1-2 V2.3.1 V3.2.1-2 V3.3.1 V3.4.1-2 V3.5.1-3 V4.1.1 V4.4.1 V5.2.1-2 V5.3.1-2
		V6.1.1 V6.2.1-8 V6.3.1-2 V6.4.1-2 V7.2.1-4 V7.4.1-2 V8.1.1 V8.2.1-2 V8.3.1 V9.1.1-3 V9.2.1 V10.4.1-5 V11.3.1-2 V11.4.1
		V12.1.1 V12.2.1-2 V13.4.1 V14.2.1 V14.3.1 V15.1.1 V15.2.1 V15.3.1`
	levelTwo = `V1.1.1-2 V1.2.6-9 V1.3.3-11 V1.4.1-3 V1.5.2 V2.1.2-3 V2.2.3 V2.3.2-4 V2.4.1 V3.3.2-4 V3.4.3-6 V3.5.4-5 V3.7.1-2 V4.1.2-3
		V4.2.1 V4.3.1-2 V4.4.2-4 V5.1.1 V5.2.3 V5.4.1-3 V6.1.2-3 V6.2.9-12 V6.3.3-4 V6.4.3-4 V6.5.1-5 V6.6.1-3 V6.8.1-4 V7.1.1-3
		V7.3.1-2 V7.4.3-5 V7.5.1-2 V7.6.1-2 V8.1.2 V8.2.3 V8.4.1 V9.2.2-4 V10.1.1-2 V10.2.1-2 V10.3.1-4 V10.4.6-11 V10.5.1-5
		V10.6.1-2 V10.7.1-3 V11.1.1-2 V11.2.1-3 V11.3.3 V11.4.2-4 V11.5.1 V11.6.1 V12.1.2-3 V12.3.1-4 V13.1.1 V13.2.1-5 V13.3.1-2
		V13.4.2-5 V14.1.1-2 V14.2.2-4 V14.3.2-3 V15.1.2-3 V15.2.2-3 V15.3.2-7 V16.1.1 V16.2.1-5 V16.3.1-4 V16.4.1-3 V16.5.1-3
		V17.1.1 V17.2.1-4 V17.3.1-2`
)

// numbers spells `V1.2.1-5` and `V1.2.6 to 8` out.
func numbers(t *testing.T, text string) []string {
	t.Helper()
	m := regexp.MustCompile(`^(V\d+\.\d+\.)(\d+)(?:(?:-| to )(\d+))?$`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("%q is no number of the standard's", text)
	}
	from, err := strconv.Atoi(m[2])
	must(t, err)
	to := from
	if m[3] != "" {
		to, err = strconv.Atoi(m[3])
		must(t, err)
	}
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, fmt.Sprint(m[1], i))
	}
	return out
}

// Each line of level 1 and 2 stands in the table, once, and no other does but the
// one of level 3 that is named.
func TestTheTableHasEveryLineOfTheStandard(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../../docs/security-asvs.md")
	must(t, err)
	wanted := map[string]string{"V8.3.2": "3"}
	for level, list := range map[string]string{"1": levelOne, "2": levelTwo} {
		n := 0
		for _, part := range strings.Fields(list) {
			for _, number := range numbers(t, part) {
				wanted[number] = level
				n++
			}
		}
		if want := map[string]int{"1": 70, "2": 183}[level]; n != want {
			t.Errorf("%d lines of level %s are known here, the standard has %d", n, level, want)
		}
	}
	seen := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| (V[^|]*) \| (\d) \| ([^|]+) \| ([^|]+) \|$`).FindAllStringSubmatch(string(table), -1) {
		for _, part := range strings.Split(row[1], ", ") {
			for _, number := range numbers(t, part) {
				switch {
				case seen[number]:
					t.Errorf("%s stands twice", number)
				case wanted[number] != row[2]:
					t.Errorf("%s is of level %q, not %s", number, wanted[number], row[2])
				}
				seen[number] = true
			}
		}
	}
	for number, level := range wanted {
		if !seen[number] {
			t.Errorf("%s of level %s stands nowhere", number, level)
		}
	}
}

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
	if len(named) < 100 {
		t.Errorf("the table names %d tests: some are lost", len(named))
	}
	for _, found := range named {
		if name := string(found[1]); !there[name] {
			t.Errorf("the table names %s, which is not there", name)
		}
	}
}
