package octostache

import (
	"fmt"
	"strconv"
	"strings"
)

// formatNumber applies a .NET number format, in the invariant culture but for
// currency, which is American. False: the type does not take the format.
func formatNumber(d decimal, format string) (string, bool) {
	letter, precision, standard := standardFormat(format)
	if !standard {
		return formatCustom(d, format), true
	}
	if precision > 100 {
		return "", false
	}
	places := precision
	if precision < 0 {
		places = 2
	}
	switch letter | 0x20 {
	case 'f':
		r := d.round(places)
		return minus(r, r.fixed(places, false)), true
	case 'n':
		r := d.round(places)
		return minus(r, r.fixed(places, true)), true
	case 'c':
		r := d.round(places)
		return minus(r, "$"+r.fixed(places, true)), true
	case 'p':
		r := d.shift(2).round(places)
		return minus(r, r.fixed(places, true)+" %"), true
	case 'e':
		return exponential(d, letter, precision), true
	case 'g':
		return general(d, precision), true
	case 'r':
		return general(d, -1), d.double
	case 'd':
		whole, _ := d.parts()
		return minus(d, pad(whole, max(precision, 1))), d.integral
	case 'x':
		return hexadecimal(d, letter, precision), d.integral
	}
	return "", false
}

// standardFormat recognises one letter with at most some digits behind it.
func standardFormat(format string) (letter byte, precision int, ok bool) {
	if format == "" {
		return 'G', -1, true
	}
	letter = format[0]
	if c := letter | 0x20; c < 'a' || c > 'z' {
		return 0, 0, false
	}
	if len(format) == 1 {
		return letter, -1, true
	}
	n, err := strconv.ParseUint(format[1:], 10, 30)
	return letter, int(n), err == nil
}

func minus(d decimal, s string) string {
	if d.neg {
		return "-" + s
	}
	return s
}

func pad(digits string, width int) string {
	return strings.Repeat("0", max(0, width-len(digits))) + digits
}

func exponential(d decimal, letter byte, places int) string {
	if places < 0 {
		places = 6
	}
	exponent := d.point - 1
	r := decimal{neg: d.neg, digits: d.digits, point: 1, double: d.double}.round(places)
	if d.digits == "" {
		r.point, exponent = 0, 0
	}
	if r.point > 1 {
		r.point--
		exponent++
	}
	sign := '+'
	if exponent < 0 {
		sign, exponent = '-', -exponent
	}
	return minus(r, fmt.Sprintf("%s%c%c%03d", r.fixed(places, false), letter, sign, exponent))
}

// general is the shortest form, with at most so many significant digits.
func general(d decimal, significant int) string {
	if significant > 0 {
		d = d.round(significant - d.point)
	}
	whole, fraction := d.parts()
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return minus(d, whole)
}

func hexadecimal(d decimal, letter byte, width int) string {
	whole, _ := d.parts()
	n, _ := strconv.ParseInt(minus(d, pad(whole, 1)), 10, 64)
	digits := strconv.FormatUint(uint64(uint32(int32(n))), 16)
	if letter == 'X' {
		digits = strings.ToUpper(digits)
	}
	return pad(digits, width)
}
