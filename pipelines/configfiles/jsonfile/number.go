package jsonfile

import (
	"strconv"
	"strings"
)

// asNumber is how Octopus writes a text in the place of a number: as an
// integer if it is one of 64 bits, else as a double.
func asNumber(s string) (string, bool) {
	s = trim(s)
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return strconv.FormatInt(i, 10), true
	}
	plain, ok := withoutGroups(s)
	if !ok {
		return "", false
	}
	d, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return "", false
	}
	return formatDouble(d), true
}

// trim takes away what .NET allows around numbers and booleans.
func trim(s string) string { return strings.Trim(s, " \t\n\v\f\r\x00") }

// withoutGroups checks a decimal number and takes the commas out that may
// group the digits before the point. .NET does not mind where they stand, as
// long as a digit comes before.
func withoutGroups(s string) (string, bool) {
	unsigned := strings.TrimPrefix(s, "+")
	if len(unsigned) == len(s) {
		unsigned = strings.TrimPrefix(s, "-")
	}
	whole := strings.TrimLeft(unsigned, digits+",")
	if strings.HasPrefix(unsigned, ",") {
		return "", false
	}
	groups := unsigned[:len(unsigned)-len(whole)]
	plain := strings.ReplaceAll(groups, ",", "") + whole
	if plain == "" || plain[0] != '.' && (plain[0] < '0' || plain[0] > '9') || strings.ContainsAny(plain, "xX") || !isNumber(plain) {
		return "", false
	}
	return s[:len(s)-len(unsigned)] + plain, true
}

// formatDouble writes the shortest digits that read back as d. Large and small
// ones get an exponent of at least two digits, others always a point.
func formatDouble(d float64) string {
	short := strconv.FormatFloat(d, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(short, "e")
	power, _ := strconv.Atoi(exponent)
	count := len(strings.Trim(strings.Replace(mantissa, ".", "", 1), "-"))
	if d != 0 && (power >= max(count, 15) || power < -4) {
		return mantissa + "E" + exponent
	}
	plain := strconv.FormatFloat(d, 'f', -1, 64)
	if !strings.Contains(plain, ".") {
		plain += ".0"
	}
	return plain
}
