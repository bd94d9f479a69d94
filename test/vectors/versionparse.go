package main

import (
	"fmt"

	"slipway/pipelines/versions"
)

// versionCase is a text and what it means as a version.
type versionCase struct {
	Input struct {
		Version *string `json:"version"`
		Scheme  string  `json:"scheme"`
	} `json:"input"`
	Expected struct {
		Valid                         bool `json:"valid"`
		Major, Minor, Patch, Revision *int32
		Prerelease                    *string `json:"prerelease"`
		Prefix                        *string `json:"prerelease_prefix"`
		Counter                       *string `json:"prerelease_counter"`
		Metadata                      *string `json:"metadata"`
		HasMetadata                   *bool   `json:"has_metadata"`
		Text                          *string `json:"text"`
	} `json:"expected"`
}

func checkVersionParse(raw []byte) error {
	var c versionCase
	if err := readCase(raw, &c); err != nil {
		return err
	}
	var text string // a version that is missing is an empty one
	if c.Input.Version != nil {
		text = *c.Input.Version
	}
	v, err := parseVersion(text, c.Input.Scheme)
	if (err == nil) != c.Expected.Valid {
		return fmt.Errorf("%q: valid is %v (%v), want %v", text, err == nil, err, c.Expected.Valid)
	}
	if err != nil {
		return nil
	}
	prefix, counter := v.PrereleaseParts()
	for what, pair := range map[string]struct {
		got  int32
		want *int32
	}{
		"major": {v.Major, c.Expected.Major}, "minor": {v.Minor, c.Expected.Minor},
		"patch": {v.Patch, c.Expected.Patch}, "revision": {v.Revision, c.Expected.Revision},
	} {
		if pair.want != nil && pair.got != *pair.want {
			return fmt.Errorf("%q: %s is %d, want %d", text, what, pair.got, *pair.want)
		}
	}
	for what, pair := range map[string]struct {
		got  string
		want *string
	}{
		"prerelease": {v.Prerelease, c.Expected.Prerelease}, "prefix": {prefix, c.Expected.Prefix}, "counter": {counter, c.Expected.Counter},
		"metadata": {v.Metadata, c.Expected.Metadata}, "text": {v.String(), c.Expected.Text},
	} {
		if pair.want != nil && pair.got != *pair.want {
			return fmt.Errorf("%q: %s is %q, want %q", text, what, pair.got, *pair.want)
		}
	}
	if want := c.Expected.HasMetadata; want != nil && (v.Metadata != "") != *want {
		return fmt.Errorf("%q: metadata is %q, want some: %v", text, v.Metadata, *want)
	}
	return nil
}

func parseVersion(text, scheme string) (versions.Version, error) {
	switch scheme {
	case "semver":
		return versions.Parse(text)
	case "octopus":
		return versions.ParseRelease(text)
	}
	return versions.Version{}, fmt.Errorf("unknown scheme %q", scheme)
}
