package pipelines

import (
	"strings"
	"time"
)

// day is as long everywhere: a duration does not know of clocks being put forward.
const day = 24 * time.Hour

// Duration is a time.Duration written as text, like `90s`, `2h` or `3d`.
type Duration time.Duration

// String is the duration as all readers know it: `48h`, not `48h0m0s`, and no
// days, which older ones do not read.
func (d Duration) String() string {
	text := time.Duration(d).String()
	for _, needless := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, needless) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// MarshalText writes the duration as String does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a duration with unit.
func (d *Duration) UnmarshalText(b []byte) error {
	v, ok := readDuration(string(b))
	if !ok {
		return Refuse(Invalid, "a duration is a number with a unit, like 90s, 10m, 2h or 3d; got %q", b)
	}
	*d = Duration(v)
	return nil
}

// readDuration reads what Go does, behind a number of days if there is one.
func readDuration(text string) (time.Duration, bool) {
	number, rest, days := strings.Cut(text, "d")
	if !days {
		v, err := time.ParseDuration(text)
		return v, err == nil
	}
	if strings.Trim(number, "0123456789.") != "" {
		return 0, false
	}
	first, err := time.ParseDuration(number + "h")
	if err != nil || first > time.Duration(1<<63-1)/24 {
		return 0, false
	}
	first *= day / time.Hour
	if rest == "" {
		return first, true
	}
	if strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") {
		return 0, false
	}
	second, err := time.ParseDuration(rest)
	if err != nil || first+second < 0 {
		return 0, false
	}
	return first + second, true
}
