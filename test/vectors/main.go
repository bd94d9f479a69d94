// Command vectors checks the product against recorded cases of what Octopus
// does. It holds the cases' forms and no rules of its own.
//
//	go run ./test/vectors FILE-OR-FOLDER…
//
// A file is `subject.jsonl`, one case a line; its name picks the handler from
// the table in subjects.go. Subjects without a handler count as skipped, and so
// do cases that cannot be checked on this machine, each with its reason. The
// last line is the sum, and a failed case makes the command fail.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: vectors FILE-OR-FOLDER…")
		os.Exit(2)
	}
	sum, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if sum.failed > 0 {
		os.Exit(1)
	}
}

// run checks the cases of all files below the paths.
func run(paths []string, out io.Writer) (tally, error) {
	var all counts
	for _, path := range paths {
		files, err := caseFiles(path)
		if err != nil {
			return tally{}, err
		}
		for _, file := range files {
			if err := runFile(file, out, &all); err != nil {
				return tally{}, err
			}
		}
	}
	return all.print(out), nil
}

func caseFiles(path string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && (file == path || strings.HasSuffix(file, ".jsonl")) {
			files = append(files, file)
		}
		return err
	})
	return files, err
}

func runFile(file string, out io.Writer, all *counts) error {
	cases, err := readCases(file)
	if err != nil {
		return err
	}
	subject := strings.TrimSuffix(filepath.Base(file), ".jsonl")
	handle := subjects[subject]
	for _, c := range cases {
		t := all.of(subject + "/" + c.Category)
		if handle == nil {
			t.skipped++
			continue
		}
		err := handle(c.Raw)
		if reason, ok := errors.AsType[skipped](err); ok {
			t.skipped++
			fmt.Fprintf(out, "SKIP %s line %d, %s: %v\n", file, c.Line, c.ID, reason)
			continue
		}
		if err != nil {
			t.failed++
			fmt.Fprintf(out, "FAIL %s line %d, %s: %v\n", file, c.Line, c.ID, err)
			continue
		}
		t.passed++
	}
	return nil
}
