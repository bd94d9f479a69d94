package octostache

import (
	"math/big"
	"strconv"
	"strings"
)

// decimal is a number as its digits, so that formatting rounds what a person
// wrote and not what a float made of it. Its value is 0.digits × 10^point.
type decimal struct {
	neg      bool
	digits   string // no zero first or last
	point    int
	scale    int  // digits behind the point as written, zeros included
	integral bool // formatted as an integer type
	double   bool // keeps the sign of a zero
}

// parseDecimal reads a sign, digits with commas between them, and a fraction.
func parseDecimal(s string) (decimal, bool) {
	neg, s := sign(strings.TrimSpace(s))
	whole, fraction, _ := strings.Cut(s, ".")
	if whole+fraction == "" || strings.HasPrefix(whole, ",") {
		return decimal{}, false
	}
	whole = strings.ReplaceAll(whole, ",", "")
	if strings.Trim(whole+fraction, "0123456789") != "" {
		return decimal{}, false
	}
	d := normal(neg, whole+fraction, len(whole))
	d.scale = len(fraction)
	return d, d.point <= 29 // more does not fit into .NET's type
}

// sign takes off the one sign that may stand before or behind a number.
func sign(s string) (neg bool, rest string) {
	if s == "" {
		return false, s
	}
	first, last := s[0], s[len(s)-1]
	switch {
	case first == '-' || first == '+':
		return first == '-', s[1:]
	case last == '-' || last == '+':
		return last == '-', strings.TrimRight(s[:len(s)-1], " ")
	}
	return false, s
}

func normal(neg bool, digits string, point int) decimal {
	trimmed := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(trimmed)
	trimmed = strings.TrimRight(trimmed, "0")
	if trimmed == "" {
		point = 0
	}
	return decimal{neg: neg, digits: trimmed, point: point}
}

func decimalOf(n float64) decimal {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(n, 'e', -1, 64), "e")
	e, _ := strconv.Atoi(exponent)
	neg := strings.HasPrefix(mantissa, "-")
	digits := strings.ReplaceAll(strings.TrimPrefix(mantissa, "-"), ".", "")
	d := normal(neg, digits, e+1)
	d.double = true
	return d
}

// shift multiplies by a power of ten.
func (d decimal) shift(by int) decimal {
	if d.digits != "" {
		d.point += by
	}
	return d
}

// round keeps so many digits behind the point, a half goes away from zero.
func (d decimal) round(places int) decimal {
	keep := d.point + places
	if keep >= len(d.digits) {
		return d
	}
	out := d
	switch {
	case keep < 0 || keep == 0 && d.digits[0] < '5':
		out.digits, out.point = "", 0
	case d.digits[keep] < '5':
		out.digits = strings.TrimRight(d.digits[:keep], "0")
	default:
		n, _ := new(big.Int).SetString("0"+d.digits[:keep], 10)
		raised := n.Add(n, big.NewInt(1)).String()
		out.point += len(raised) - keep
		if keep == 0 {
			out.point = d.point + 1
		}
		out.digits = strings.TrimRight(raised, "0")
	}
	if out.digits == "" && !d.double {
		out.neg = false
	}
	return out
}

// parts are the digits before and behind the point; whole is empty for 0.
func (d decimal) parts() (whole, fraction string) {
	switch {
	case d.point <= 0:
		return "", strings.Repeat("0", -d.point) + d.digits
	case d.point >= len(d.digits):
		return d.digits + strings.Repeat("0", d.point-len(d.digits)), ""
	}
	return d.digits[:d.point], d.digits[d.point:]
}

// fixed writes exactly so many digits behind the point, without a sign.
func (d decimal) fixed(places int, grouped bool) string {
	whole, fraction := d.parts()
	if whole == "" {
		whole = "0"
	}
	if grouped {
		whole = group(whole)
	}
	if places == 0 {
		return whole
	}
	return whole + "." + fraction + strings.Repeat("0", places-len(fraction))
}

func group(digits string) string {
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}
