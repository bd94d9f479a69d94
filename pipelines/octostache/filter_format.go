package octostache

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// format applies a .NET format. With one option the input says what it is: a
// number if it reads like one, else a date. With two the first names the type.
func format(c call) (string, bool, error) {
	zone := c.now.Location()
	switch len(c.args) {
	case 1:
		if d, ok := parseDecimal(c.in); ok {
			out, ok := formatNumber(d, c.args[0])
			return out, ok, nil
		}
		return formatDate(c.in, c.args[0], zone, false)
	case 2:
		return formatAs(c.args[0], c.in, c.args[1], zone)
	}
	return "", false, nil
}

func formatAs(kind, in, format string, zone *time.Location) (string, bool, error) {
	var d decimal
	var ok bool
	switch strings.ToLower(kind) {
	case "int", "int32":
		_, err := strconv.ParseInt(strings.TrimSpace(in), 10, 32)
		d, ok = parseDecimal(in)
		d.integral, ok = true, ok && err == nil
	case "decimal":
		d, ok = parseDecimal(in)
	case "double":
		var n float64
		n, ok = parseDouble(in)
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return printDouble(n), ok, nil
		}
		d = decimalOf(n)
	case "date", "datetime":
		return formatDate(in, format, zone, true)
	case "datetimeoffset":
		return formatDate(in, format, zone, false)
	}
	if !ok {
		return "", false, nil
	}
	out, ok := formatNumber(d, format)
	return out, ok, nil
}

// formatDate formats a date: a local one is brought to the machine's zone and
// forgets where it came from.
func formatDate(in, format string, zone *time.Location, local bool) (string, bool, error) {
	m, ok := parseMoment(in)
	switch {
	case !ok:
		return "", false, nil
	case !local:
		m = m.in(zone)
		m.zone = offset
	case m.zone != naive:
		m = moment{m.In(zone), offset}
	}
	out, ok := formatMoment(m, format, zone)
	return out, ok, nil
}

// nowDate makes a filter of a clock; it takes no input.
func nowDate(read func(time.Time) moment) func(call) (string, bool, error) {
	return func(c call) (string, bool, error) {
		m := read(c.now)
		switch {
		case c.given || len(c.args) > 1:
			return "", false, nil
		case len(c.args) == 0:
			return m.roundTrip(), true, nil
		}
		out, ok := formatMoment(m, c.args[0], c.now.Location())
		return out, ok, nil
	}
}

func localNow(t time.Time) moment { return moment{t, naive} }

func utcNow(t time.Time) moment { return moment{t.UTC(), universal} }

// addTime makes a filter that moves a date by a number of units.
func addTime(perDay float64) func(call) (string, bool, error) {
	return func(c call) (string, bool, error) {
		if len(c.args) != 1 {
			return "", false, nil
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(c.args[0]), 64)
		if err != nil || strings.ContainsAny(c.args[0], "xX_") {
			return "", false, nil
		}
		m, ok := parseMoment(c.in)
		if !ok {
			return "", false, nil
		}
		m, ok = m.add(n / perDay)
		return m.roundTrip(), ok, nil
	}
}
