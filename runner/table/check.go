package table

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Check says what is wrong with the key, as an ErrInvalid.
func (k Key) Check() error {
	if err := checkPart("partition", k.Partition, k); err != nil {
		return err
	}
	return checkPart("sort key", k.Sort, k)
}

func checkPart(part, value string, k Key) error {
	if value == "" {
		return fmt.Errorf("%w: the %s of %q is empty", ErrInvalid, part, k)
	}
	return checkText(part, value)
}

func checkText(part, value string) error {
	switch {
	case len(value) > MaxKey:
		return fmt.Errorf("%w: the %s %.40q… has %d bytes, the most is %d", ErrInvalid, part, value, len(value), MaxKey)
	case strings.IndexByte(value, 0) >= 0:
		return fmt.Errorf("%w: the %s %q contains a NUL", ErrInvalid, part, value)
	case !utf8.ValidString(value):
		return fmt.Errorf("%w: the %s %q is not UTF-8", ErrInvalid, part, value)
	}
	return nil
}

// Check says what is wrong with the range, as an ErrInvalid.
func (r Range) Check() error {
	if r.Partition == "" {
		return fmt.Errorf("%w: a query needs a partition", ErrInvalid)
	}
	if r.Prefix != "" && (r.From != "" || r.Before != "") {
		return fmt.Errorf("%w: a query of %q has both a prefix and a span; give one of them", ErrInvalid, r.Partition)
	}
	if r.Limit < 0 {
		return fmt.Errorf("%w: a query of %q has the limit %d", ErrInvalid, r.Partition, r.Limit)
	}
	for _, p := range []struct{ part, value string }{
		{"partition", r.Partition}, {"prefix", r.Prefix}, {"start", r.From}, {"end", r.Before}, {"cursor", r.After},
	} {
		if err := checkText(p.part, p.value); err != nil {
			return err
		}
	}
	return nil
}

// CheckWrite says what is wrong with the changes of one Write, as an ErrInvalid. Every store calls it first.
func CheckWrite(changes []Change) error {
	if len(changes) > MaxChanges {
		return fmt.Errorf("%w: %d changes in one write, the most is %d", ErrInvalid, len(changes), MaxChanges)
	}
	seen := make(map[Key]bool, len(changes))
	total := 0
	for _, c := range changes {
		if err := c.check(); err != nil {
			return err
		}
		if seen[c.Key] {
			return fmt.Errorf("%w: %s is changed twice in one write", ErrInvalid, c.Key)
		}
		seen[c.Key] = true
		total += len(c.Key.Partition) + len(c.Key.Sort) + len(c.Value)
	}
	if total > MaxWrite {
		return fmt.Errorf("%w: one write of %d bytes, the most is %d (%d changes, the first is %s)",
			ErrInvalid, total, MaxWrite, len(changes), changes[0].Key)
	}
	return nil
}

func (c Change) check() error {
	if err := c.Key.Check(); err != nil {
		return err
	}
	switch {
	case len(c.Value) > MaxItem:
		return fmt.Errorf("%w: %s would have %d bytes, the most is %d", ErrInvalid, c.Key, len(c.Value), MaxItem)
	case c.Do > Keep:
		return fmt.Errorf("%w: %s has the unknown action %d", ErrInvalid, c.Key, c.Do)
	case c.Do == Keep && c.If == (Condition{}):
		return fmt.Errorf("%w: %s is neither changed nor demanded", ErrInvalid, c.Key)
	case c.Do != Set && (len(c.Value) > 0 || !c.Expires.IsZero()):
		return fmt.Errorf("%w: %s is not set but has a value or an expiry", ErrInvalid, c.Key)
	case c.If.Absent && c.If.Revision != 0:
		return fmt.Errorf("%w: %s is demanded both absent and at revision %d", ErrInvalid, c.Key, c.If.Revision)
	}
	return nil
}
