package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/transforms"
	"slipway/pipelines/octostache"
)

// transformLocatorCase is a folder of files, what the step says about
// transforms, and which pairs must come out.
type transformLocatorCase struct {
	Input struct {
		PathStyle   string   `json:"path_style"`
		Files       []string `json:"files"`
		Definition  string   `json:"definition"`
		PackageRoot string   `json:"package_root"`
	} `json:"input"`
	Variables orderedVariables `json:"variables"`
	Expected  struct {
		TransformsFor map[string][]string `json:"transforms_for"`
		Applied       []locatedPair       `json:"applied"`
		NotApplied    []locatedPair       `json:"not_applied"`
		Exactly       *int                `json:"exactly"`
		Order         []string            `json:"order"`
		LogContains   []string            `json:"log_contains"`
		Unmatched     []string            `json:"unmatched"`
		Overlapping   []string            `json:"overlapping"`
		Folders       []string            `json:"folders"`
		Error         bool                `json:"error"`
	} `json:"expected"`
}

type locatedPair struct {
	Source    string `json:"source"`
	Transform string `json:"transform"`
}

// packageRoot stands for {root} in the cases of Linux.
const packageRoot = "/srv/app"

func checkTransformLocator(raw []byte) error {
	var c transformLocatorCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	root := strings.ReplaceAll(c.Input.PackageRoot, "{root}", packageRoot)
	options := transforms.FromVariables(variableText(c.Variables), c.Input.PathStyle == "windows")
	if c.Input.Definition != "" {
		options.Additional = strings.ReplaceAll(c.Input.Definition, "{root}", packageRoot)
	}
	found, err := transforms.Find(c.absolute(c.Input.Files), root, options)
	if (err != nil) != c.Expected.Error {
		return fmt.Errorf("error %v, want one: %v", err, c.Expected.Error)
	}
	if c.Expected.Folders != nil {
		if got, _ := transforms.Folders(options); !slices.Equal(got, c.Expected.Folders) {
			return fmt.Errorf("folders %q, want %q", got, c.Expected.Folders)
		}
	}
	return c.check(found)
}

func (c *transformLocatorCase) check(found transforms.Found) error {
	for source, want := range c.Expected.TransformsFor {
		var got []string
		for _, p := range found.Pairs {
			if p.Source == c.path(source) {
				got = append(got, p.Transform)
			}
		}
		if !sameSet(got, c.absolute(want)) {
			return fmt.Errorf("transforms for %s: %q, want %q", source, got, want)
		}
	}
	for _, want := range c.Expected.Applied {
		if !slices.Contains(found.Pairs, c.pair(want)) {
			return fmt.Errorf("applied %q, want also %q", found.Pairs, want)
		}
	}
	for _, unwanted := range c.Expected.NotApplied {
		if slices.Contains(found.Pairs, c.pair(unwanted)) {
			return fmt.Errorf("applied %q, want it not", unwanted)
		}
	}
	if c.Expected.Exactly != nil && len(found.Pairs) != *c.Expected.Exactly {
		return fmt.Errorf("applied %q, want %d", found.Pairs, *c.Expected.Exactly)
	}
	if c.Expected.Order != nil {
		var got []string
		for _, p := range found.Pairs {
			got = append(got, p.Transform)
		}
		if !slices.Equal(got, c.absolute(c.Expected.Order)) {
			return fmt.Errorf("order %q, want %q", got, c.Expected.Order)
		}
	}
	if len(c.Expected.LogContains) > 0 && len(found.Unmatched)+len(found.Overlapping) == 0 {
		return fmt.Errorf("nothing unmatched or overlapping, want a log line for it")
	}
	if c.Expected.Unmatched != nil && !slices.Equal(found.Unmatched, c.Expected.Unmatched) {
		return fmt.Errorf("unmatched %q, want %q", found.Unmatched, c.Expected.Unmatched)
	}
	if c.Expected.Overlapping != nil && !slices.Equal(found.Overlapping, c.Expected.Overlapping) {
		return fmt.Errorf("overlapping %q, want %q", found.Overlapping, c.Expected.Overlapping)
	}
	return nil
}

func (c *transformLocatorCase) path(p string) string {
	if c.Input.PathStyle == "windows" {
		return p
	}
	if rest, ok := strings.CutPrefix(p, "{root}"); ok {
		return packageRoot + rest
	}
	if strings.HasPrefix(p, "/") {
		return p
	}
	return packageRoot + "/" + p
}

func (c *transformLocatorCase) absolute(paths []string) []string {
	var all []string
	for _, p := range paths {
		all = append(all, c.path(p))
	}
	return all
}

func (c *transformLocatorCase) pair(p locatedPair) transforms.Pair {
	return transforms.Pair{Source: c.path(p.Source), Transform: c.path(p.Transform)}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// variableText reads a case's variables as a step does: evaluated, and empty
// when there is none.
func variableText(variables orderedVariables) func(name string) string {
	if variables.Variables == nil {
		return func(string) string { return "" }
	}
	values := fill.New(variables.Variables, octostache.Options{})
	return func(name string) string {
		value, _, _ := values.Get(name)
		return value.Text
	}
}
