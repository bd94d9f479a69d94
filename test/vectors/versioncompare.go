package main

import (
	"errors"
	"fmt"

	"slipway/pipelines/versions"
)

func checkVersionCompare(raw []byte) error {
	var c struct {
		Input    struct{ A, B, Scheme string }
		Expected struct{ Cmp *int }
	}
	if err := readCase(raw, &c); err != nil {
		return err
	}
	want := c.Expected.Cmp
	if want == nil {
		return errors.New("the case does not say which comes first")
	}
	a, err := parseVersion(c.Input.A, c.Input.Scheme)
	if err != nil {
		return err
	}
	b, err := parseVersion(c.Input.B, c.Input.Scheme)
	if err != nil {
		return err
	}
	if got := versions.Compare(a, b); got != *want {
		return fmt.Errorf("Compare(%s, %s) = %d, want %d", c.Input.A, c.Input.B, got, *want)
	}
	if got := versions.Compare(b, a); got != -*want {
		return fmt.Errorf("Compare(%s, %s) = %d, want %d", c.Input.B, c.Input.A, got, -*want)
	}
	return nil
}
