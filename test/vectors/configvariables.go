package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines/configfiles/dotnetconfig"
	"slipway/pipelines/configfiles/xmltree"
)

// configVariablesCase is a .NET config file, the variables put into it, and
// what must be found in it; or paths, and which of them the step visits.
type configVariablesCase struct {
	Input struct {
		Content    string   `json:"content"`
		Bytes      []byte   `json:"bytes_base64"`
		Files      []string `json:"files"`
		Transforms []string `json:"transforms"`
	} `json:"input"`
	Variables configVariables `json:"variables"`
	Expected  struct {
		XPath []struct {
			XPath  string `json:"xpath"`
			Equals string `json:"equals"`
			Absent bool   `json:"absent"`
		} `json:"xpath"`
		StartsWith     string   `json:"starts_with"`
		Content        *string  `json:"content"`
		Bytes          *[]byte  `json:"bytes_base64"`
		Replacements   *int     `json:"replacements"`
		Error          bool     `json:"error"`
		FilesProcessed []string `json:"files_processed"`
	} `json:"expected"`
}

func checkConfigVariables(raw []byte) error {
	var c configVariablesCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	values := c.Variables.values()
	step := dotnetconfig.FromVariables(func(name string) string {
		value, _, _ := values.Get(name)
		return value.Text
	})
	if c.Input.Files != nil {
		if got := step.Files(c.Input.Files, c.Input.Transforms...); !slices.Equal(got, c.Expected.FilesProcessed) {
			return fmt.Errorf("files %q, want %q", got, c.Expected.FilesProcessed)
		}
		return nil
	}
	content := c.Input.Bytes
	if content == nil {
		content = []byte(c.Input.Content)
	}
	got, report, err := dotnetconfig.Replace(content, values)
	if err != nil && step.IgnoreErrors {
		got, err = content, nil
	}
	if (err != nil) != c.Expected.Error {
		return fmt.Errorf("error %v, want one: %v", err, c.Expected.Error)
	}
	if want := c.Expected.Replacements; want != nil && report.Replaced != *want {
		return fmt.Errorf("%d replacements, want %d", report.Replaced, *want)
	}
	return c.differs(got)
}

func (c *configVariablesCase) differs(got []byte) error {
	text := strings.TrimPrefix(string(got), "\uFEFF")
	if !strings.HasPrefix(text, c.Expected.StartsWith) {
		return fmt.Errorf("got %.60q, want it to start with %q", text, c.Expected.StartsWith)
	}
	if want := c.Expected.Content; want != nil && text != *want {
		return fmt.Errorf("got %q, want %q", text, *want)
	}
	if want := c.Expected.Bytes; want != nil && string(got) != string(*want) {
		return fmt.Errorf("got bytes %q, want %q", got, *want)
	}
	if len(c.Expected.XPath) == 0 {
		return nil
	}
	document, _, err := xmltree.Read(got)
	if err != nil {
		return err
	}
	for _, want := range c.Expected.XPath {
		found, err := xmltree.Select(document.Root(), want.XPath, nil)
		switch {
		case err != nil:
			return err
		case len(found) == 0 && !want.Absent:
			return fmt.Errorf("nothing at %s, want %q", want.XPath, want.Equals)
		case len(found) > 0 && want.Absent:
			return fmt.Errorf("there is something at %s, want nothing", want.XPath)
		case len(found) > 0 && found[0].Value() != want.Equals:
			return fmt.Errorf("%s is %q, want %q", want.XPath, found[0].Value(), want.Equals)
		}
	}
	return nil
}
