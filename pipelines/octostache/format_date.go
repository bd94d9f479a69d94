package octostache

import (
	"fmt"
	"strings"
	"time"
)

// standardDates are the one-letter formats, in the invariant culture.
var standardDates = map[string]string{
	"d": "MM/dd/yyyy", "D": "dddd, dd MMMM yyyy",
	"f": "dddd, dd MMMM yyyy HH:mm", "F": "dddd, dd MMMM yyyy HH:mm:ss",
	"g": "MM/dd/yyyy HH:mm", "G": "MM/dd/yyyy HH:mm:ss",
	"m": "MMMM dd", "M": "MMMM dd", "y": "yyyy MMMM", "Y": "yyyy MMMM",
	"t": "HH:mm", "T": "HH:mm:ss", "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
	"u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'", "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'", "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
	"o": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK", "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
}

// formatMoment applies a .NET date format. False: there is no such format.
func formatMoment(m moment, format string, machine *time.Location) (string, bool) {
	if len(format) == 1 {
		pattern, ok := standardDates[format]
		if !ok {
			return "", false
		}
		if format == "r" || format == "R" || format == "u" {
			m = moment{m.in(machine).UTC(), universal}
		}
		format = pattern
	}
	var b strings.Builder
	for format != "" {
		c := format[0]
		length := len(format) - len(strings.TrimLeft(format, string(rune(c))))
		switch {
		case c >= 0x80 || strings.IndexByte("dfFghHKmMstyz%\\'\"", c) < 0:
			b.WriteByte(c)
			format = format[1:]
		case c == '%':
			if format = format[1:]; format == "" || format[0] == '%' {
				return "", false
			}
		case c == '\\':
			if len(format) < 2 {
				return "", false
			}
			b.WriteByte(format[1])
			format = format[2:]
		case c == '\'' || c == '"':
			end := strings.IndexByte(format[1:], c)
			if end < 0 {
				return "", false
			}
			b.WriteString(format[1 : 1+end])
			format = format[end+2:]
		default:
			if c == 'K' {
				length = 1
			}
			if strings.IndexByte("fF", c) >= 0 && length > 7 {
				return "", false
			}
			field := dateField(m, c, length, machine)
			if field == "" && c == 'F' { // no fraction, no point in front of it
				whole := strings.TrimSuffix(b.String(), ".")
				b.Reset()
				b.WriteString(whole)
			}
			b.WriteString(field)
			format = format[length:]
		}
	}
	return b.String(), true
}

// dateField is one run of a format letter.
func dateField(m moment, letter byte, n int, machine *time.Location) string {
	switch letter {
	case 'd':
		return dated(m, n, "2", "02", "Mon", "Monday")
	case 'M':
		return dated(m, n, "1", "01", "Jan", "January")
	case 'y':
		if n <= 2 {
			return fmt.Sprintf("%0*d", n, m.Year()%100)
		}
		return fmt.Sprintf("%0*d", min(n, 16), m.Year())
	case 'h':
		return dated(m, n, "3", "03")
	case 'H':
		return fmt.Sprintf("%0*d", min(n, 2), m.Hour())
	case 'm':
		return dated(m, n, "4", "04")
	case 's':
		return dated(m, n, "5", "05")
	case 't':
		return m.Format("PM")[:min(n, 2)]
	case 'f', 'F':
		digits := fmt.Sprintf("%07d", m.Nanosecond()/100)[:n]
		if letter == 'F' {
			digits = strings.TrimRight(digits, "0")
		}
		return digits
	case 'g':
		return "A.D."
	case 'z':
		return zoned(m.in(machine), n)
	case 'K':
		switch m.zone {
		case universal:
			return "Z"
		case offset:
			return zoned(m, 3)
		}
	}
	return ""
}

// dated picks the Go layout for a run of so many letters; longer runs mean the
// last.
func dated(m moment, n int, layouts ...string) string {
	return m.Format(layouts[min(n, len(layouts))-1])
}

func zoned(m moment, n int) string {
	hhmm := m.Format("-07:00")
	switch n {
	case 1:
		return strings.Replace(hhmm[:3], "0", "", min(1, strings.Count(hhmm[1:2], "0")))
	case 2:
		return hhmm[:3]
	}
	return hhmm
}
