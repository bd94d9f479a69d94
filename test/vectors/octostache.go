package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/octostache"
)

// octostacheCase is a text, the variables it is evaluated with, and what must
// come out.
type octostacheCase struct {
	ID          string           `json:"id"`
	Category    string           `json:"category"`
	Note        string           `json:"note"`
	Variables   orderedVariables `json:"variables"`
	Late        []string         `json:"late"` // names without a value yet, behind the variables
	Template    string           `json:"template"`
	Mode        string           `json:"mode"` // evaluate unless said
	Expected    any              `json:"expected"`
	ExpectedAny []any            `json:"expected_any"`
	Compare     string           `json:"compare"`    // trim: without the space around it
	Extensions  []string         `json:"extensions"` // filters of the host
	HaltOnError *bool            `json:"halt_on_error"`
	Error       bool             `json:"error"`
	ErrorKind   string           `json:"error_kind"`
	Unresolved  []string         `json:"unresolved"`
	ReadLate    []string         `json:"read_late"`
	Cycle       string           `json:"cycle"`
	Unordered   bool             `json:"unordered"`
}

// orderedVariables keeps the order of the keys, which loops follow.
type orderedVariables struct {
	*octostache.Variables
}

func (v *orderedVariables) UnmarshalJSON(data []byte) error {
	v.Variables = octostache.NewVariables()
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var text string // null leaves it empty
		if err := d.Decode(&text); err != nil {
			return err
		}
		v.Set(name.(string), text)
	}
	return nil
}

func checkOctostache(raw []byte) error {
	c := octostacheCase{Variables: orderedVariables{octostache.NewVariables()}}
	if err := readStrictly(raw, &c); err != nil {
		return err
	}
	if c.Compare != "" && c.Compare != "trim" {
		return fmt.Errorf("unknown way to compare %q", c.Compare)
	}
	if i := slices.IndexFunc(c.Extensions, func(name string) bool { return name != "supercoolfunc" }); i >= 0 {
		return fmt.Errorf("unknown extension %q", c.Extensions[i])
	}
	for _, name := range c.Late {
		c.Variables.SetLate(name)
	}
	switch c.Mode {
	case "", "evaluate":
		return c.evaluate()
	case "truthy":
		c.Expected = fmt.Sprint(c.Expected)
		return c.differs(fmt.Sprint(c.Variables.Truthy(c.Template, c.options())))
	case "parse":
		_, err := octostache.Parse(c.Template)
		return c.differs(map[bool]string{true: "ok", false: "error"}[err == nil])
	case "roundtrip":
		t, err := octostache.Parse(c.Template)
		if err != nil {
			return err
		}
		return c.differs(t.String())
	case "arguments":
		t, err := octostache.Parse(c.Template)
		if err != nil {
			return err
		}
		return c.sameList(t.Arguments())
	case "indexes":
		return c.sameList(c.Variables.Indexes(c.Template))
	}
	return fmt.Errorf("unknown mode %q", c.Mode)
}

func (c *octostacheCase) options() octostache.Options {
	o := octostache.Options{
		Now:      time.Date(2030, 5, 22, 9, 5, 0, 0, time.UTC),
		Continue: c.HaltOnError != nil && !*c.HaltOnError,
		Filters:  map[string]octostache.Filter{},
	}
	for _, name := range c.Extensions {
		o.Filters[name] = alphabetPositions
	}
	return o
}

func (c *octostacheCase) evaluate() error {
	got, err := octostache.Evaluate(c.Template, c.Variables.Variables, c.options())
	switch kind := kindOf(got, err); {
	case c.Error && c.ErrorKind == "":
		if kind == "" {
			return fmt.Errorf("no error, want one: %q", got.Text)
		}
	case kind != c.ErrorKind:
		return fmt.Errorf("error kind %q (%v %v), want %q", kind, err, got.Unresolved, c.ErrorKind)
	}
	if c.Unresolved != nil && !slices.Equal(got.Unresolved, c.Unresolved) {
		return fmt.Errorf("unresolved %q, want %q", got.Unresolved, c.Unresolved)
	}
	if !slices.Equal(got.Late, c.ReadLate) {
		return fmt.Errorf("late %q, want %q", got.Late, c.ReadLate)
	}
	if cycle, ok := errors.AsType[*octostache.CycleError](err); ok && c.Cycle != "" {
		if names := strings.Join(cycle.Names, " -> "); names != c.Cycle {
			return fmt.Errorf("cycle %q, want %q", names, c.Cycle)
		}
	}
	if got.Null || err != nil && got.Text == "" {
		if !slices.Contains(c.accepted(), nil) {
			return fmt.Errorf("%s: no result, want %q", c.Template, c.accepted())
		}
		return nil
	}
	return c.differs(got.Text)
}

// accepted are the texts that are right; nil is no result.
func (c *octostacheCase) accepted() []any {
	if c.ExpectedAny != nil {
		return c.ExpectedAny
	}
	return []any{c.Expected}
}

func kindOf(r octostache.Result, err error) string {
	if _, ok := errors.AsType[*octostache.ParseError](err); ok {
		return "parse"
	}
	if _, ok := errors.AsType[*octostache.CycleError](err); ok {
		return "recursion"
	}
	switch {
	case err != nil:
		return "exception"
	case len(r.Unresolved) > 0:
		return "unresolved"
	}
	return ""
}

func (c *octostacheCase) differs(got string) error {
	for _, want := range c.accepted() {
		wanted, ok := want.(string)
		if ok && (wanted == got || c.Compare == "trim" && strings.TrimSpace(wanted) == strings.TrimSpace(got)) {
			return nil
		}
	}
	return fmt.Errorf("%s: got %q, want %q", c.Template, got, c.accepted())
}

func (c *octostacheCase) sameList(got []string) error {
	list, ok := c.Expected.([]any)
	if !ok {
		return fmt.Errorf("%s: got %q, and the case expects no list but %v", c.Template, got, c.Expected)
	}
	want := []string{}
	for _, w := range list {
		want = append(want, fmt.Sprint(w))
	}
	if c.Unordered {
		got = slices.Sorted(slices.Values(got))
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s: got %q, want %q", c.Template, got, want)
	}
	return nil
}

// alphabetPositions is a filter of the host: the places of the letters in the
// alphabet.
func alphabetPositions(input string, _ []string) (string, bool) {
	var places []string
	for _, r := range strings.ToLower(input) {
		places = append(places, fmt.Sprint(r-'a'+1))
	}
	return strings.Join(places, "-"), true
}
