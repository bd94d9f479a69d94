package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// readCase decodes a case into a pointer to a struct. All that the case expects
// must have a field there: what nobody looks at would pass whatever it says.
func readCase(raw []byte, c any) error {
	if err := json.Unmarshal(raw, c); err != nil {
		return err
	}
	var part struct{ Expected json.RawMessage }
	if err := json.Unmarshal(raw, &part); err != nil {
		return err
	}
	expected := reflect.New(reflect.TypeOf(c).Elem()).Elem().FieldByName("Expected")
	return readStrictly(part.Expected, expected.Addr().Interface())
}

// readStrictly decodes and refuses fields that are not known.
func readStrictly(raw []byte, into any) error {
	if len(raw) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the case says what this check does not know: %w", err)
	}
	return nil
}
