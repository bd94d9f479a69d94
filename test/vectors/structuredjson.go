package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/jsonfile"
	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/octostache"
)

func checkStructuredJSON(raw []byte) error { return checkConfigFile(raw, jsonfile.Replace) }

// configFileCase is a config file, the variables put into it, and how it must
// look afterwards.
type configFileCase struct {
	Input struct {
		Content string `json:"content"`
		BOM     bool   `json:"bom"`
		Bytes   []byte `json:"bytes_base64"`
	} `json:"input"`
	Variables configVariables `json:"variables"`
	Expected  struct {
		Content      *string `json:"content"`
		Bytes        *[]byte `json:"bytes_base64"`
		Replacements *int    `json:"replacements"`
		NoMatches    bool    `json:"no_matches"`
		Warnings     *int    `json:"warnings"`
		Error        bool    `json:"error"`
		Line         int     `json:"line"`
		Column       int     `json:"column"`
	} `json:"expected"`
}

// configVariables are variables of which some have no value.
type configVariables struct {
	orderedVariables
	null []string
}

func (v *configVariables) UnmarshalJSON(data []byte) error {
	texts := map[string]*string{}
	if err := json.Unmarshal(data, &texts); err != nil {
		return err
	}
	for name, text := range texts {
		if text == nil {
			v.null = append(v.null, name)
		}
	}
	return v.orderedVariables.UnmarshalJSON(data)
}

func (v *configVariables) values() *fill.Values {
	if v.Variables == nil {
		v.Variables = octostache.NewVariables()
	}
	options := octostache.Options{Now: time.Date(2030, 5, 22, 9, 5, 0, 0, time.UTC)}
	return fill.New(v.Variables, options, v.null...)
}

func checkConfigFile(raw []byte, replace func([]byte, *fill.Values) ([]byte, fill.Report, error)) error {
	var c configFileCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	got, report, err := replace(c.content(), c.Variables.values())
	want := c.Expected
	if (err != nil) != want.Error {
		return fmt.Errorf("error %v, want one: %v", err, want.Error)
	}
	if wrong, ok := errors.AsType[*fill.SyntaxError](err); ok && want.Line > 0 && (wrong.Line != want.Line || wrong.Column != want.Column) {
		return fmt.Errorf("error in line %d, column %d, want %d, %d", wrong.Line, wrong.Column, want.Line, want.Column)
	}
	if want.Bytes != nil && !bytes.Equal(got, *want.Bytes) {
		return fmt.Errorf("got bytes %q, want %q", got, *want.Bytes)
	}
	if text := plainText(got); want.Content != nil && text != unixLines(*want.Content) {
		return fmt.Errorf("got %q, want %q", text, unixLines(*want.Content))
	}
	if want.Replacements != nil && report.Replaced != *want.Replacements {
		return fmt.Errorf("%d replacements, want %d", report.Replaced, *want.Replacements)
	}
	if want.NoMatches && report.Replaced > 0 {
		return fmt.Errorf("%d replacements, want none", report.Replaced)
	}
	if want.Warnings != nil && len(report.Warnings) != *want.Warnings {
		return fmt.Errorf("warnings %q, want %d", report.Warnings, *want.Warnings)
	}
	return nil
}

func (c *configFileCase) content() []byte {
	switch {
	case c.Input.Bytes != nil:
		return c.Input.Bytes
	case c.Input.BOM:
		return []byte("\uFEFF" + c.Input.Content)
	}
	return []byte(c.Input.Content)
}

// plainText is what the cases compare: no byte order mark, lines of Unix.
func plainText(content []byte) string { return unixLines(textfile.Decode(content).Text) }

func unixLines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
