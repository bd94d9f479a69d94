package octostache

import (
	"regexp"
	"strings"
	"time"
)

// moment is a date with what was said about its zone.
type moment struct {
	time.Time
	zone zoning
}

type zoning byte

const (
	naive     zoning = iota // nothing; the Time is in UTC
	universal               // Z
	offset                  // like +02:00
)

var (
	zonePart = regexp.MustCompile(`(?i)\d\s*(Z|GMT|[+-]\d{1,2}:?\d\d)$`)
	timePart = regexp.MustCompile(`(?i)(?:T|^|\s+)(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,7})?\d*))?\s*([AP]M)?$`)
)

// dateLayouts are tried in order; month before day, as in the invariant culture.
var dateLayouts = []string{
	"2006-1-2", "2006/1/2", "1/2/2006", "1-2-2006", "2006.1.2", "1/2/06", "2006-1", "2006/1", "1/2006",
	"2 Jan 2006", "2-Jan-2006", "2 January 2006", "Jan 2 2006", "January 2 2006", "2006 January 2", "Jan 2006", "January 2006",
}

// parseMoment reads a date the way .NET reads one from a person. A time alone
// is one of today.
func parseMoment(s string, today time.Time) (moment, bool) {
	s = strings.TrimSpace(s)
	m := moment{}
	zone := time.UTC
	if at := zonePart.FindStringSubmatchIndex(s); at != nil && strings.Contains(s, ":") {
		var ok bool
		if zone, m.zone, ok = readZone(s[at[2]:at[3]]); !ok {
			return m, false
		}
		s = strings.TrimSpace(s[:at[2]])
	}
	clock, timed := "00:00:00", false
	if at := timePart.FindStringSubmatchIndex(s); at != nil {
		var ok bool
		if clock, ok = readClock(timePart.FindStringSubmatch(s)); !ok {
			return m, false
		}
		s, timed = s[:at[0]], true
	}
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, ",", " ")), " ")
	if s == "" && timed {
		s = today.Format(time.DateOnly)
	}
	s, isRightDay := cutWeekday(s)
	for _, layout := range dateLayouts {
		t, err := time.ParseInLocation(layout+" 15:04:05", s+" "+clock, zone)
		if err == nil {
			m.Time = t
			return m, t.Year() >= 1 && isRightDay(t.Weekday())
		}
	}
	return m, false
}

// cutWeekday takes off a day of the week in front, which the date must then
// be.
func cutWeekday(s string) (rest string, isRight func(time.Weekday) bool) {
	word, rest, _ := strings.Cut(s, " ")
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name := day.String(); strings.EqualFold(word, name) || strings.EqualFold(word, name[:3]) {
			return rest, func(got time.Weekday) bool { return got == day }
		}
	}
	return s, func(time.Weekday) bool { return true }
}

func readZone(s string) (*time.Location, zoning, bool) {
	if s = strings.ToUpper(s); s == "Z" || s == "GMT" {
		return time.UTC, universal, true
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	t, err := time.Parse("1504", pad(digits, 4))
	seconds := t.Hour()*3600 + t.Minute()*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), offset, err == nil && t.Hour() <= 14
}

// readClock brings a time of day into one form.
func readClock(m []string) (string, bool) {
	hour, minute, second, half := m[1], m[2], m[3], strings.ToUpper(m[4])
	if second == "" {
		second = "00"
	}
	if half == "" {
		return pad(hour, 2) + ":" + minute + ":" + second, true
	}
	t, err := time.Parse("3 PM", hour+" "+half)
	return t.Format("15") + ":" + minute + ":" + second, err == nil
}

// in gives a moment without a zone the machine's.
func (m moment) in(zone *time.Location) moment {
	if m.zone != naive {
		return m
	}
	t := time.Date(m.Year(), m.Month(), m.Day(), m.Hour(), m.Minute(), m.Second(), m.Nanosecond(), zone)
	return moment{t, offset}
}

// add moves a moment by days and a fraction of a day.
func (m moment) add(days float64) (moment, bool) {
	const farthest = 4e6 // days; more leaves the calendar in any case
	if !(days > -farthest && days < farthest) {
		return m, false
	}
	whole := int(days)
	rest := time.Duration((days - float64(whole)) * float64(24*time.Hour))
	m.Time = m.AddDate(0, 0, whole).Add(rest.Round(100 * time.Nanosecond))
	return m, m.Year() >= 1 && m.Year() <= 9999
}

// roundTrip is the form that loses nothing.
func (m moment) roundTrip() string {
	const form = "2006-01-02T15:04:05.0000000"
	switch m.zone {
	case universal:
		return m.Format(form) + "Z"
	case offset:
		return m.Format(form + "-07:00")
	}
	return m.Format(form)
}
