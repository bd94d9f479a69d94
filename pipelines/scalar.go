package pipelines

import (
	"bytes"
	"encoding/json"
)

// Scalar is a text that may also be written as a number or a truth value:
// `port: 8080` and `port: "#{Port}"` are both fine.
type Scalar string

// UnmarshalJSON takes a string as it is, and anything else simple as written.
func (s *Scalar) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if string(b) == "null" { // left empty, like the value of `- internal:`
		return nil
	}
	if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		return Refuse(Invalid, "a text or a number is wanted here, not a list or a mapping")
	}
	if len(b) > 0 && b[0] == '"' {
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		*s = Scalar(text)
		return nil
	}
	*s = Scalar(b)
	return nil
}
