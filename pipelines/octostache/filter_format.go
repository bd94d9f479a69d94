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
	switch len(c.args) {
	case 1:
		if d, ok := parseDecimal(c.in); ok {
			out, ok := formatNumber(d, c.args[0])
			return out, ok, nil
		}
		return formatDate(c, c.args[0], false)
	case 2:
		return formatAs(c, c.args[0], c.args[1])
	}
	return "", false, nil
}

func formatAs(c call, kind, format string) (string, bool, error) {
	var d decimal
	var ok bool
	switch strings.ToLower(kind) {
	case "int", "int32":
		_, err := strconv.ParseInt(strings.TrimSpace(c.in), 10, 32)
		d, ok = parseDecimal(c.in)
		d.integral, ok = true, ok && err == nil
	case "decimal":
		d, ok = parseDecimal(c.in)
	case "double":
		var n float64
		n, ok = parseDouble(c.in)
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return printDouble(n), ok, nil
		}
		d = decimalOf(n)
	case "date", "datetime":
		return formatDate(c, format, true)
	case "datetimeoffset":
		return formatDate(c, format, false)
	}
	if !ok {
		return "", false, nil
	}
	out, ok := formatNumber(d, format)
	return out, ok, nil
}

// formatDate formats a date: a local one is brought to the machine's zone and
// forgets where it came from.
func formatDate(c call, format string, local bool) (string, bool, error) {
	zone := c.now.Location()
	m, ok := parseMoment(c.in, c.now)
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
		m, ok := parseMoment(c.in, c.now)
		if !ok {
			return "", false, nil
		}
		m, ok = m.add(n / perDay)
		return m.roundTrip(), ok, nil
	}
}
