package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// record is what every case has, whatever its subject.
type record struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Raw      []byte `json:"-"`
	Line     int    `json:"-"`
}

func readCases(file string) ([]record, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var cases []record
	for i, line := range bytes.Split(content, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		c := record{Raw: line, Line: i + 1}
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", file, i+1, err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}
