// Command gallery writes every page in its interesting states, with sample data, as
// files that a browser opens without a server.
//
// It is no part of the product: it is for looking at the pages, and its tests hold
// the rules that all of them keep.
//
// A page in a new state is one more line in its samples; pictures and tests follow.
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/a-h/templ"

	"slipway/web/pages"
)

// sample is one page in one state.
type sample struct {
	Name string
	Page templ.Component
	// Fragment says that it is not a page but what htmx puts into one.
	Fragment bool
}

func samples() []sample {
	var all []sample
	for _, some := range [][]sample{entrySamples(), signInSamples(), dashboardSamples(), projectSamples(), releaseSamples(), buildSamples(), deploymentSamples(), approvalSamples(), settingsSamples(), inventorySamples(), feedSamples(), peopleSamples(), keptSamples(), variableSamples(), auditSamples(), librarySamples(), textSamples(), searchSamples(), placeSamples(), failureSamples()} {
		all = append(all, some...)
	}
	return all
}

func main() {
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	if *out == "" {
		fmt.Fprintln(os.Stderr, "gallery: name a folder with -out")
		os.Exit(2)
	}
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	if err := writeStatic(filepath.Join(dir, "static")); err != nil {
		return err
	}
	if err := writeMail(filepath.Join(dir, "mail", "3")); err != nil {
		return err
	}
	for _, s := range samples() {
		if err := writePage(filepath.Join(dir, s.Name+".html"), s.Page); err != nil {
			return fmt.Errorf("page %s: %w", s.Name, err)
		}
		fmt.Println(filepath.Join(dir, s.Name+".html"))
	}
	return nil
}

func writePage(path string, page templ.Component) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := page.Render(context.Background(), f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// writeMail puts the HTML part of the sample mail where its page looks for it.
func writeMail(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "body.html"), []byte(pages.HeldMailHTML(sampleMailHTML)), 0o644)
}

func writeStatic(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return fs.WalkDir(pages.Static(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(pages.Static(), name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), b, 0o644)
	})
}
