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
		return general(d, letter, precision), true
	case 'r':
		return general(d, 'G', -1), d.double
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

// general is the shortest form, with at most so many significant digits. A
// decimal keeps the zeros at its end; only digits that were limited, and floats,
// can be too large or small for it and get an exponent.
func general(d decimal, letter byte, significant int) string {
	limit := significant
	if significant > 0 {
		d = d.round(significant - d.point)
	} else if d.double {
		limit = 15
	}
	exponent := d.point - 1
	if limit > 0 && d.digits != "" && (exponent >= limit || exponent < -4) {
		mantissa := decimal{digits: d.digits, point: 1}
		return minus(d, fmt.Sprintf("%s%c%+03d", mantissa.fixed(len(d.digits)-1, false), letter-'G'+'E', exponent))
	}
	places := max(0, len(d.digits)-d.point)
	if significant <= 0 {
		places = max(places, d.scale)
	}
	return minus(d, d.fixed(places, false))
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
