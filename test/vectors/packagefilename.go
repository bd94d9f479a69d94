package main

import (
	"fmt"
	"strings"

	"slipway/pipelines/packagefile"
)

// fileNameCase is about one name of a package or its file.
type fileNameCase struct {
	Input struct {
		Kind      string `json:"kind"`
		File      string `json:"file"`
		Text      string `json:"text"`
		ID        string `json:"package_id"`
		Version   string `json:"version"`
		Scheme    string `json:"version_scheme"`
		Extension string `json:"extension"`
	} `json:"input"`
	Expected struct {
		Valid     *bool   `json:"valid"`
		ID        *string `json:"package_id"`
		Version   *string `json:"version"`
		Extension *string `json:"extension"`
		Scheme    *string `json:"version_scheme"`
		Extractor *string `json:"extractor"`
		Error     *string `json:"error"`
		Text      *string `json:"text"`
		Pattern   *string `json:"pattern"`
		WithNone  any     `json:"contains_none_of"`
	} `json:"expected"`
}

func checkPackageFileName(raw []byte) error {
	var c fileNameCase
	if err := readCase(raw, &c); err != nil {
		return err
	}
	switch c.Input.Kind {
	case "parse":
		return c.parse()
	case "extractor":
		format, err := packagefile.FormatOf(c.Input.File)
		if (err != nil) != (c.Expected.Error != nil) {
			return fmt.Errorf("error %v, want %v", err, c.Expected.Error)
		}
		return same("extractor", format, c.Expected.Extractor)
	case "escape":
		return c.text(packagefile.EscapeName(c.Input.Text))
	case "unescape":
		return c.text(packagefile.UnescapeName(c.Input.Text))
	case "pathed_id":
		return c.text(packagefile.EscapeName(packagefile.LastPart(c.Input.ID)))
	case "cached_name":
		const hash = "0123456789ABCDEF0123456789ABCDEF"
		got := packagefile.CachedName(packagefile.Name{ID: c.Input.ID, Version: c.Input.Version, Scheme: c.Input.Scheme, Ending: c.Input.Extension}, hash)
		return same("name", strings.ReplaceAll(got, hash, "<CACHE-GUID>"), c.Expected.Pattern)
	}
	return fmt.Errorf("unknown kind %q", c.Input.Kind)
}

func (c *fileNameCase) parse() error {
	n, err := packagefile.ReadName(c.Input.File)
	if want := c.Expected.Valid; want != nil && (err == nil) != *want {
		return fmt.Errorf("ReadName(%q) = %+v, %v, want valid: %v", c.Input.File, n, err, *want)
	}
	if err != nil {
		return nil
	}
	for what, pair := range map[string]struct {
		got  string
		want *string
	}{"id": {n.ID, c.Expected.ID}, "version": {n.Version, c.Expected.Version}, "extension": {n.Ending, c.Expected.Extension}, "scheme": {n.Scheme, c.Expected.Scheme}} {
		if err := same(what, pair.got, pair.want); err != nil {
			return err
		}
	}
	return nil
}

// text compares a result with a text, or with signs that must not be in it.
func (c *fileNameCase) text(got string) error {
	switch signs := c.Expected.WithNone.(type) {
	case string:
		if strings.ContainsAny(got, signs) {
			return fmt.Errorf("%q has one of %q", got, signs)
		}
	case []any:
		for _, sign := range signs {
			if strings.Contains(got, fmt.Sprint(sign)) {
				return fmt.Errorf("%q has %q", got, sign)
			}
		}
	}
	return same("text", got, c.Expected.Text)
}

// same compares what a case names; nil is not asked for.
func same(what, got string, want *string) error {
	if want != nil && got != *want {
		return fmt.Errorf("%s is %q, want %q", what, got, *want)
	}
	return nil
}
