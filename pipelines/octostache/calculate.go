package octostache

import (
	"math"
	"strconv"
	"strings"
)

// calculate evaluates a calculation. One that lacks a number is echoed, but
// Octopus does not report it.
func (e *evaluator) calculate(c *calculation, f frame) (string, error) {
	if err := e.count(); err != nil {
		return "", err
	}
	postponed := e.postponed
	n, ok, err := e.compute(&c.sum, f)
	if err != nil {
		return "", err
	}
	if !ok && e.postponed > postponed {
		return LateText, nil
	}
	if !ok {
		return string(c.echo(nil)), nil
	}
	return printDouble(n), nil
}

func (e *evaluator) compute(t *term, f frame) (float64, bool, error) {
	if t.op == 0 {
		return e.operand(t, f)
	}
	left, ok, err := e.compute(t.left, f)
	if err != nil || !ok {
		return 0, false, err
	}
	right, ok, err := e.compute(t.right, f)
	if err != nil || !ok {
		return 0, false, err
	}
	switch t.op {
	case '+':
		return left + right, true, nil
	case '-':
		return left - right, true, nil
	case '*':
		return left * right, true, nil
	}
	return left / right, true, nil
}

func (e *evaluator) operand(t *term, f frame) (float64, bool, error) {
	if t.path == nil {
		return t.number, true, nil
	}
	value, ok, err := e.read(t.path, f.scope)
	if err != nil || !ok {
		return 0, false, err
	}
	n, ok := parseDouble(value)
	return n, ok, nil
}

// parseDouble reads a number as .NET does for people: space around it, a sign,
// commas between digits, an exponent.
func parseDouble(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	switch s {
	case "NaN":
		return math.NaN(), true
	case "Infinity", "-Infinity":
		return math.Inf(1 - 2*strings.Count(s, "-")), true
	}
	whole, _, _ := strings.Cut(s, ".")
	if s == "" || strings.Trim(s, "+-.0123456789,eE") != "" || strings.HasPrefix(strings.TrimLeft(s, "+-"), ",") {
		return 0, false
	}
	if strings.Count(whole, ",") != strings.Count(s, ",") {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil && !math.IsInf(n, 0) {
		return 0, false
	}
	return n, true
}

// printDouble writes the shortest decimal that reads back as n, in .NET's
// spelling: an exponent from 1E+15 up and below 0.0001.
func printDouble(n float64) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	}
	if abs := math.Abs(n); abs == 0 || abs >= 1e-4 && abs < 1e15 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strconv.FormatFloat(n, 'E', -1, 64)
}
