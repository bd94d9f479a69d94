package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/octostache"
)

// octostacheCase is a text, the variables it is evaluated with, and what must
// come out.
type octostacheCase struct {
	Variables   orderedVariables `json:"variables"`
	Late        []string         `json:"late"` // names without a value yet, behind the variables
	Template    string           `json:"template"`
	Mode        string           `json:"mode"` // evaluate unless said
	Expected    any              `json:"expected"`
	ExpectedAny []string         `json:"expected_any"`
	Compare     string           `json:"compare"`
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
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	for _, name := range c.Late {
		c.Variables.SetLate(name)
	}
	switch c.Mode {
	case "", "evaluate":
		return c.evaluate()
	case "truthy":
		got := c.Variables.Truthy(c.Template, c.options())
		return c.differs(fmt.Sprint(got), fmt.Sprint(c.Expected))
	case "parse":
		_, err := octostache.Parse(c.Template)
		return c.differs(map[bool]string{true: "ok", false: "error"}[err == nil], c.Expected)
	case "roundtrip":
		t, err := octostache.Parse(c.Template)
		if err != nil {
			return err
		}
		return c.differs(t.String(), c.Expected)
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
	return octostache.Options{
		Now:      time.Date(2030, 5, 22, 9, 5, 0, 0, time.UTC),
		Continue: c.HaltOnError != nil && !*c.HaltOnError,
		Filters:  map[string]octostache.Filter{"supercoolfunc": alphabetPositions},
	}
}

func (c *octostacheCase) evaluate() error {
	got, err := octostache.Evaluate(c.Template, c.Variables.Variables, c.options())
	if kind := kindOf(got, err); kind != c.kind() {
		return fmt.Errorf("error kind %q (%v %v), want %q", kind, err, got.Unresolved, c.kind())
	}
	if c.Unresolved != nil && !slices.Equal(got.Unresolved, c.Unresolved) {
		return fmt.Errorf("unresolved %q, want %q", got.Unresolved, c.Unresolved)
	}
	if !slices.Equal(got.Late, c.ReadLate) {
		return fmt.Errorf("late %q, want %q", got.Late, c.ReadLate)
	}
	if cycle, ok := errors.AsType[*octostache.CycleError](err); ok && c.Cycle != "" {
		return c.differs(strings.Join(cycle.Names, " -> "), c.Cycle)
	}
	if c.Expected == nil && c.ExpectedAny == nil {
		if !got.Null && (err == nil || got.Text != "") {
			return fmt.Errorf("got %q, want no result", got.Text)
		}
		return nil
	}
	if slices.Contains(c.ExpectedAny, got.Text) {
		return nil
	}
	return c.differs(got.Text, c.Expected)
}

func (c *octostacheCase) kind() string {
	if c.Error && c.ErrorKind == "" {
		return "unresolved"
	}
	return c.ErrorKind
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

func (c *octostacheCase) differs(got string, want any) error {
	wanted, ok := want.(string)
	if c.Compare == "trim" {
		got, wanted = strings.TrimSpace(got), strings.TrimSpace(wanted)
	}
	if !ok || got != wanted {
		return fmt.Errorf("%s: got %q, want %q", c.Template, got, want)
	}
	return nil
}

func (c *octostacheCase) sameList(got []string) error {
	want := []string{}
	for _, w := range c.Expected.([]any) {
		want = append(want, w.(string))
	}
	got = append([]string{}, got...)
	if c.Unordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !reflect.DeepEqual(got, want) {
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
