package conditions

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Split is the parts of a text between separators.
func (a *asked) Split(text, separator string) ([]string, error) {
	parts := strings.SplitN(text, separator, mostEntries+1)
	if len(parts) > mostEntries {
		return nil, &Error{Message: fmt.Sprintf("split makes more than %d parts here, which is the most a condition looks at", mostEntries)}
	}
	_, err := a.Spend(1 + len(parts)/10)
	return parts, err
}

// FromJSON is the value that a text in JSON stands for.
func (a *asked) FromJSON(text string) (any, error) {
	if _, err := a.Spend(1 + len(text)/64); err != nil {
		return nil, err
	}
	var out any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, &Error{Message: "fromJSON: the text is no JSON"}
	}
	return out, nil
}

// Int is a whole number.
func (a *asked) Int(value any) (int, error) {
	switch v := value.(type) {
	case int:
		return v, nil
	case float64:
		return int(v), nil
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return n, nil
		}
	}
	return 0, &Error{Message: "int: the value is no whole number"}
}

// Float is a number.
func (a *asked) Float(value any) (float64, error) {
	switch v := value.(type) {
	case int:
		return float64(v), nil
	case float64:
		return v, nil
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			return n, nil
		}
	}
	return 0, &Error{Message: "float: the value is no number"}
}

// Text is a value as a text.
func (a *asked) Text(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool, int, float64:
		return fmt.Sprint(v), nil
	}
	return "", &Error{Message: "string: the value is no text, number, true or false"}
}

// Date is a time that names its zone.
func (a *asked) Date(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, &Error{Message: "date: a date in a condition has its time and its zone, like 2026-01-31T12:00:00+01:00 or 2026-01-31T11:00:00Z"}
	}
	return t, nil
}
