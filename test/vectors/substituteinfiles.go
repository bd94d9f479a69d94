package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"slipway/pipelines/configfiles/substitute"
	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/octostache"
)

// substituteCase is a file, the variables to put into it, and what of the
// result must be so. What expected does not name is not looked at.
type substituteCase struct {
	Variables orderedVariables `json:"variables"`
	Input     struct {
		Bytes []byte `json:"bytes_base64"`
	} `json:"input"`
	Expected struct {
		Bytes        *[]byte   `json:"bytes_base64"`
		Text         *string   `json:"text"`
		TextContains oneOrMore `json:"text_contains"`
		Dense        *string   `json:"text_without_whitespace"`
		Encoding     *string   `json:"encoding"`
		BOM          *bool     `json:"bom"`
		Unresolved   []string  `json:"unresolved"`
		Malformed    []string  `json:"malformed"` // line:column
		Error        bool      `json:"error"`
	} `json:"expected"`
}

func checkSubstituteInFiles(raw []byte) error {
	c := substituteCase{Variables: orderedVariables{octostache.NewVariables()}}
	if err := readCase(raw, &c); err != nil {
		return err
	}
	o := substitute.Options{Evaluation: octostache.Options{Now: time.Date(2030, 5, 22, 9, 5, 0, 0, time.UTC)}}
	var err error
	if o.Encoding, err = substitute.EncodingAskedFor(c.Variables.Variables, o.Evaluation); err != nil {
		return err
	}
	out, report, err := substitute.Substitute(c.Input.Bytes, c.Variables.Variables, o)
	if (err != nil) != c.Expected.Error {
		return fmt.Errorf("error %v, want one: %v", err, c.Expected.Error)
	}
	if want := c.Expected.Unresolved; want != nil && !slices.Equal(report.Unresolved, want) {
		return fmt.Errorf("unresolved %q, want %q", report.Unresolved, want)
	}
	var malformed []string
	for _, m := range report.Malformed {
		malformed = append(malformed, fmt.Sprintf("%d:%d", m.Line, m.Column))
	}
	if want := c.Expected.Malformed; want != nil && !slices.Equal(malformed, want) {
		return fmt.Errorf("malformed at %q, want %q", malformed, want)
	}
	return c.differs(out)
}

func (c *substituteCase) differs(out []byte) error {
	if want := c.Expected.Bytes; want != nil && string(out) != string(*want) {
		return fmt.Errorf("got bytes %q, want %q", out, *want)
	}
	file := textfile.Decode(out)
	if want := c.Expected.Encoding; want != nil {
		encoding, known := textfile.Named(*want)
		var ok bool
		if file, ok = textfile.DecodeAs(out, encoding); !known || !ok {
			return fmt.Errorf("%q is not in encoding %q", out, *want)
		}
	}
	if want := c.Expected.BOM; want != nil && file.BOM != *want {
		return fmt.Errorf("a byte order mark: %v, want %v", file.BOM, *want)
	}
	text := strings.ReplaceAll(file.Text, "\r\n", "\n")
	if want := c.Expected.Text; want != nil && text != unixLines(*want) {
		return fmt.Errorf("got text %q, want %q", text, *want)
	}
	for _, want := range c.Expected.TextContains {
		if !strings.Contains(text, want) {
			return fmt.Errorf("got text %q, want %q in it", text, want)
		}
	}
	if want := c.Expected.Dense; want != nil && dense(text) != dense(*want) {
		return fmt.Errorf("got %q, want %q, white space aside", dense(text), dense(*want))
	}
	return nil
}

func dense(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}
