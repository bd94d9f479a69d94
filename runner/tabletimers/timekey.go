package tabletimers

import (
	"fmt"
	"strings"
	"time"
)

// timeForm has the same width for all times it is used for, so its text sorts like the times.
const timeForm = "2006-01-02T15:04:05.000000000Z"

// Times outside of these years are brought to their edge: both mean "at once" and "not while we live" just as well.
var (
	earliest = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
)

// timeKey is the sort key of the row by time.
func timeKey(at time.Time, id string) string {
	return timeText(at) + " " + id
}

func timeText(at time.Time) string {
	at = at.UTC()
	if at.Before(earliest) {
		at = earliest
	}
	if at.After(latest) {
		at = latest
	}
	return at.Format(timeForm)
}

// readTimeKey is the reverse of timeKey.
func readTimeKey(sort string) (time.Time, string, error) {
	text, id, ok := strings.Cut(sort, " ")
	at, err := time.Parse(timeForm, text)
	if !ok || err != nil {
		return time.Time{}, "", fmt.Errorf("%q is not the row of a timer", sort)
	}
	return at, id, nil
}
