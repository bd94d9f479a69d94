package main

import (
	"encoding/json"
	"fmt"

	"slipway/pipelines/versions"
)

func checkVersionCompare(raw []byte) error {
	var c struct {
		Input    struct{ A, B, Scheme string }
		Expected struct{ Cmp int }
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	a, err := parseVersion(c.Input.A, c.Input.Scheme)
	if err != nil {
		return err
	}
	b, err := parseVersion(c.Input.B, c.Input.Scheme)
	if err != nil {
		return err
	}
	if got := versions.Compare(a, b); got != c.Expected.Cmp {
		return fmt.Errorf("Compare(%s, %s) = %d, want %d", c.Input.A, c.Input.B, got, c.Expected.Cmp)
	}
	if got := versions.Compare(b, a); got != -c.Expected.Cmp {
		return fmt.Errorf("Compare(%s, %s) = %d, want %d", c.Input.B, c.Input.A, got, -c.Expected.Cmp)
	}
	return nil
}
