package pipelines

import (
	"strings"
	"time"
)

// StartForms says how StartTime wants a start to be written.
const StartForms = "2026-03-01T22:00:00Z, '2026-03-01 22:00', 'tomorrow 22:00' or +2h"

// StartTime reads when something is to start: a time with its zone, one as the
// clock of the given zone shows it, an hour of today or tomorrow there, or how
// long from now on.
func StartTime(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, true
	}
	if at, ok := ZonelessTime(text, zone); ok {
		return at, true
	}
	if at, ok := hourOfDay(strings.ToLower(text), now.In(zone)); ok {
		return at, true
	}
	ahead, ok := readDuration(strings.TrimPrefix(text, "+"))
	return now.Add(ahead), ok && ahead > 0
}

// ZonelessTime reads a time that is written without its zone.
func ZonelessTime(text string, zone *time.Location) (time.Time, bool) {
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// hourOfDay reads `today 22:00` and `tomorrow 22:00`; an hour alone could be
// meant for either.
func hourOfDay(text string, now time.Time) (time.Time, bool) {
	day, hour, _ := strings.Cut(text, " ")
	clock, err := time.Parse("15:04", strings.TrimSpace(hour))
	if err != nil || day != "today" && day != "tomorrow" {
		return time.Time{}, false
	}
	if day == "tomorrow" {
		now = now.AddDate(0, 0, 1)
	}
	return time.Date(now.Year(), now.Month(), now.Day(), clock.Hour(), clock.Minute(), 0, 0, now.Location()), true
}
