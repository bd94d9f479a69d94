package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"slipway/pipelines/configfiles/xdt"
	"slipway/pipelines/configfiles/xmltree"
)

// configTransformsCase is a file, a transform file, and what the result must
// be.
type configTransformsCase struct {
	Input struct {
		Source    string `json:"source"`
		Transform string `json:"transform"`
	} `json:"input"`
	Variables orderedVariables `json:"variables"`
	Expected  struct {
		Content       *string           `json:"content"`
		Exact         bool              `json:"exact"` // content byte for byte
		ContentPretty *string           `json:"content_pretty"`
		XPath         []pathResult      `json:"xpath"`
		AttributesOf  string            `json:"attributes_of"`
		Attributes    map[string]string `json:"attributes"`
		Success       *bool             `json:"success"`
		Warnings      *int              `json:"warnings"`
		Errors        *int              `json:"errors"`
		Level         string            `json:"level"`
		EngineSuccess *bool             `json:"engine_success"`
		ErrorLog      string            `json:"error_log_contains"`
		NotContains   string            `json:"not_contains"`
		MinLines      int               `json:"min_lines"`
		Line          int               `json:"line"`
		NoXML         bool              `json:"no_xml"` // the error is that one of the two is no XML
	} `json:"expected"`
}

type pathResult struct {
	XPath  string  `json:"xpath"`
	Equals *string `json:"equals"`
	Absent bool    `json:"absent"`
}

func checkConfigTransforms(raw []byte) error {
	var c configTransformsCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	out, report, err := xdt.Apply([]byte(c.Input.Source), []byte(c.Input.Transform))
	if c.Expected.NoXML && err == nil {
		return errors.New("no error, want that one of the two is no XML")
	}
	if err != nil { // the file stays, and the step takes it for an error of the engine
		report.Messages = append(report.Messages, xdt.Message{Level: xdt.Error, Text: err.Error()})
		out = []byte(c.Input.Source)
	}
	policy := xdt.PolicyFromVariables(variableText(c.Variables))
	if err := c.checkReport(report, policy); err != nil {
		return fmt.Errorf("%w; messages %+v", err, report.Messages)
	}
	return c.checkContent(string(out))
}

func (c *configTransformsCase) checkReport(report xdt.Report, policy xdt.Policy) error {
	want := c.Expected
	if got := !policy.Fails(report); want.Success != nil && got != *want.Success {
		return fmt.Errorf("success %v, want %v", got, *want.Success)
	}
	if got := report.Count(xdt.Error) == 0; want.EngineSuccess != nil && got != *want.EngineSuccess {
		return fmt.Errorf("engine success %v, want %v", got, *want.EngineSuccess)
	}
	if got := report.Count(xdt.Warning); want.Warnings != nil && got != *want.Warnings {
		return fmt.Errorf("%d warnings, want %d", got, *want.Warnings)
	}
	if got := report.Count(xdt.Error); want.Errors != nil && got != *want.Errors {
		return fmt.Errorf("%d errors, want %d", got, *want.Errors)
	}
	worst, line := xdt.Info, 0
	for _, m := range report.Messages {
		if m.Level > worst {
			worst, line = m.Level, m.Line
		}
	}
	if want.Level != "" && worst.String() != want.Level {
		return fmt.Errorf("level %v, want %s", worst, want.Level)
	}
	if want.Line != 0 && line != want.Line {
		return fmt.Errorf("line %d, want %d", line, want.Line)
	}
	if want.ErrorLog != "" && policy.Judge(report).Count(xdt.Error) == 0 {
		return fmt.Errorf("no error, want one like %q", want.ErrorLog)
	}
	return nil
}

func (c *configTransformsCase) checkContent(out string) error {
	want := c.Expected
	if want.Content != nil && out != *want.Content && (want.Exact || !sameMarkup(out, *want.Content)) {
		return fmt.Errorf("content\n%q, want\n%q", out, *want.Content)
	}
	if want.ContentPretty != nil && !sameMarkup(out, *want.ContentPretty) {
		return fmt.Errorf("content\n%s\nis not the same XML as\n%s", out, *want.ContentPretty)
	}
	if want.NotContains != "" && strings.Contains(out, want.NotContains) {
		return fmt.Errorf("content holds %q: %s", want.NotContains, out)
	}
	if got := strings.Count(strings.TrimSpace(out), "\n") + 1; got < want.MinLines {
		return fmt.Errorf("%d lines, want at least %d", got, want.MinLines)
	}
	if len(want.XPath) == 0 && want.AttributesOf == "" {
		return nil
	}
	d, err := xmltree.Parse(out)
	if err != nil {
		return err
	}
	for _, x := range want.XPath {
		if err := x.check(d); err != nil {
			return fmt.Errorf("%s: %w in %s", x.XPath, err, out)
		}
	}
	if want.AttributesOf != "" {
		return c.checkAttributes(d)
	}
	return nil
}

func (x pathResult) check(d *xmltree.Document) error {
	found, err := xmltree.Select(d.Root(), x.XPath, nil)
	switch {
	case err != nil:
		return err
	case x.Absent && len(found) > 0:
		return fmt.Errorf("there, want it absent")
	case x.Absent:
		return nil
	case len(found) == 0:
		return fmt.Errorf("absent")
	}
	got := found[0].Node.Value()
	if a := found[0].Attribute; a != nil {
		got = a.Value()
	}
	if x.Equals != nil && got != *x.Equals {
		return fmt.Errorf("got %q, want %q", got, *x.Equals)
	}
	return nil
}

func (c *configTransformsCase) checkAttributes(d *xmltree.Document) error {
	found, err := xmltree.Select(d.Root(), c.Expected.AttributesOf, nil)
	if err != nil || len(found) == 0 {
		return fmt.Errorf("%s: %d found, %v", c.Expected.AttributesOf, len(found), err)
	}
	got := map[string]string{}
	for _, a := range found[0].Node.Attributes() {
		got[a.Name()] = a.Value()
	}
	if fmt.Sprint(got) != fmt.Sprint(c.Expected.Attributes) {
		return fmt.Errorf("attributes %q, want %q", got, c.Expected.Attributes)
	}
	return nil
}

// sameMarkup compares what two documents say, whatever white space stands between
// their elements.
func sameMarkup(a, b string) bool {
	x, err := xmltree.Parse(a)
	if err != nil {
		return false
	}
	y, err := xmltree.Parse(b)
	return err == nil && markupOf(x) == markupOf(y)
}

func markupOf(d *xmltree.Document) string {
	var b strings.Builder
	for n := d.Root(); n != nil; n = n.Following(d.Root()) {
		switch {
		case n.Kind() == xmltree.Element:
			fmt.Fprintf(&b, "<{%s}%s", n.URI(), n.Local())
			attributes := map[string]string{}
			for _, a := range n.Attributes() {
				if !a.IsNamespace() {
					attributes[a.URI()+" "+a.Local()] = a.Value()
				}
			}
			fmt.Fprintf(&b, " %q below %d>", attributes, markupDepth(n))
		case n.Kind() == xmltree.Comment:
			fmt.Fprintf(&b, "<!--%s-->", n.Value())
		case n.Kind() == xmltree.Text && !n.IsSpace() || n.Kind() == xmltree.CData:
			b.WriteString(strings.TrimSpace(n.Value()))
		}
	}
	return b.String()
}

func markupDepth(n *xmltree.Node) int {
	depth := 0
	for ; n.Parent() != nil; n = n.Parent() {
		depth++
	}
	return depth
}
