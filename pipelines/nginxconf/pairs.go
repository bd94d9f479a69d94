package nginxconf

import (
	"encoding/json"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// mostPairs bounds what one list may hold.
const mostPairs = 1000

// pairs reads names and values from JSON: one object, or a list of objects, in
// the order written, repetitions kept. What cannot be read is none.
func pairs(text string) []task.NginxDirective {
	d := json.NewDecoder(strings.NewReader(text))
	token, err := d.Token()
	if err != nil {
		return nil
	}
	var out []task.NginxDirective
	switch token {
	case json.Delim('{'):
		out, err = object(d, out)
	case json.Delim('['):
		for err == nil && d.More() {
			if token, err = d.Token(); err == nil && token == json.Delim('{') {
				out, err = object(d, out)
			}
		}
	}
	if err != nil {
		return nil
	}
	return out
}

// object reads the rest of an object.
func object(d *json.Decoder, out []task.NginxDirective) ([]task.NginxDirective, error) {
	for d.More() && len(out) < mostPairs {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value pipelines.Scalar
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		out = append(out, task.NginxDirective{Name: name.(string), Value: string(value)})
	}
	_, err := d.Token()
	return out, err
}
