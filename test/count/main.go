// Command count reads the stream of `go test -json`, shows what failed or was
// skipped and why, and ends in one line that counts the tests.
//
//	go test -json ./... | go run ./test/count
//
// It exits 1 if anything failed; with CI=true also if anything was skipped,
// since a part that was left out there proves nothing.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type tally struct {
	passed, failed, skipped int
	output                  map[string][]string // by package and test, until it ends
	slow                    []string
	broken                  []string // packages that did not build or ended badly
}

func main() {
	began := time.Now()
	t := tally{output: map[string][]string{}}
	if err := t.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "count:", err)
		os.Exit(1)
	}
	sort.Sort(sort.Reverse(sort.StringSlice(t.slow)))
	for _, line := range t.slow[:min(len(t.slow), 5)] {
		fmt.Println("slow:", line)
	}
	for _, name := range t.broken {
		fmt.Println("FAIL", name)
	}
	fmt.Printf("tests took %s\n", time.Since(began).Round(time.Second))
	fmt.Printf("%d passed, %d failed, %d skipped\n", t.passed, t.failed+len(t.broken), t.skipped)
	if t.failed+len(t.broken) > 0 || os.Getenv("CI") == "true" && t.skipped > 0 {
		os.Exit(1)
	}
}

func (t *tally) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Println(lines.Text()) // not of the stream: a word of the compiler
			continue
		}
		t.take(e)
	}
	return lines.Err()
}

func (t *tally) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		t.output[key] = append(t.output[key], e.Output)
		return
	case "pass", "fail", "skip", "build-fail":
	default:
		return
	}
	said := strings.Join(t.output[key], "")
	delete(t.output, key)
	if e.Test == "" {
		if e.Action == "fail" || e.Action == "build-fail" {
			fmt.Print(said)
			t.broken = append(t.broken, e.Package)
		}
		return
	}
	if e.Elapsed > 2 && !strings.Contains(e.Test, "/") {
		t.slow = append(t.slow, fmt.Sprintf("%7.1f s  %s %s", e.Elapsed, e.Package, e.Test))
	}
	switch e.Action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
		fmt.Printf("--- %s %s\n%s", e.Package, e.Test, said)
	case "skip":
		t.skipped++
		fmt.Printf("--- skipped: %s %s\n%s", e.Package, e.Test, said)
	}
}
