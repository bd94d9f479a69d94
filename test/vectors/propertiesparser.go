package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"slipway/pipelines/configfiles/propertiesfile"
)

// propertiesCase is a properties file that is read, printed or changed.
type propertiesCase struct {
	Input struct {
		Kind    string            `json:"kind"`
		Content string            `json:"content"`
		Replace map[string]string `json:"replace"`
	} `json:"input"`
	Expected struct {
		Content      *string           `json:"content"`
		Pairs        *[]propertiesPair `json:"pairs"`
		PairsInclude map[string]string `json:"pairs_include"`
		Comments     *[]string         `json:"comments"`
		Error        bool              `json:"error"`
	} `json:"expected"`
}

// propertiesPair has null, which is read as an empty text, for what is absent.
type propertiesPair struct {
	Key       string `json:"key"`
	Separator string `json:"separator"`
	Value     string `json:"value"`
}

func checkPropertiesParser(raw []byte) error {
	var c propertiesCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	file, err := propertiesfile.Parse(c.Input.Content)
	if (err != nil) != c.Expected.Error {
		return fmt.Errorf("error %v, want one: %v", err, c.Expected.Error)
	}
	if err != nil {
		return nil
	}
	switch c.Input.Kind {
	case "parse":
		return c.read(file)
	case "replace", "roundtrip":
		for key, value := range c.Input.Replace {
			file.Set(key, value)
		}
		got, want := file.String(), *c.Expected.Content
		if c.Input.Kind == "replace" {
			got, want = unixLines(got), unixLines(want)
		}
		if got != want {
			return fmt.Errorf("got %q, want %q", got, want)
		}
		return nil
	}
	return fmt.Errorf("unknown kind %q", c.Input.Kind)
}

func (c *propertiesCase) read(file *propertiesfile.File) error {
	pairs, found, comments := []propertiesPair{}, map[string]string{}, []string{}
	for _, p := range file.Pairs {
		pairs = append(pairs, propertiesPair{p.Key, p.Separator, p.Value})
		found[withoutCR(p.Key)] = withoutCR(p.Value)
	}
	for _, comment := range file.Comments {
		comments = append(comments, comment.Text)
	}
	if c.Expected.Pairs != nil && !reflect.DeepEqual(pairs, *c.Expected.Pairs) {
		return fmt.Errorf("got pairs %+q, want %+q", pairs, *c.Expected.Pairs)
	}
	for key, want := range c.Expected.PairsInclude {
		if got, ok := found[withoutCR(key)]; !ok || got != withoutCR(want) {
			return fmt.Errorf("key %q: got %q (there: %v), want %q", key, got, ok, want)
		}
	}
	if c.Expected.Comments != nil && !reflect.DeepEqual(comments, *c.Expected.Comments) {
		return fmt.Errorf("got comments %q, want %q", comments, *c.Expected.Comments)
	}
	return nil
}

// withoutCR is for the list of some pairs, which is told without CR.
func withoutCR(s string) string { return strings.ReplaceAll(s, "\r", "") }
