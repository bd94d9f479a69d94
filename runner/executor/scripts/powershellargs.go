package scripts

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// powershellArgument is one argument of a script: a parameter's name, values,
// or both where a colon joins them.
type powershellArgument struct {
	name   string // with its dash
	joined bool   // by a colon to its values
	values []powershellValue
}

// powershellValue is an element of an argument.
type powershellValue struct {
	text string
	bare bool // somebody wrote it without quotes, so that it may be a number or a constant
}

// powershellArguments reads arguments as one writes them behind a command, with
// PowerShell's own quotes, names and lists. There are values only: what would
// run something, or look something up, is refused and said so, because the
// values of variables come into this text before anybody reads it.
func powershellArguments(text string) ([]powershellArgument, error) {
	r := argumentReader{text: []rune(text)}
	var all []powershellArgument
	for r.skipBlanks(); r.more(); r.skipBlanks() {
		arg, err := r.argument()
		if err != nil {
			return nil, err
		}
		all = append(all, arg)
	}
	return all, nil
}

var (
	parameterName = regexp.MustCompile(`^[-\x{2013}-\x{2015}][\pL_][\pL\pN_]*$`)
	wholeNumber   = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,8})$`)
)

// code is the argument in the call of the script. Values are taken from the list
// that the bootstrap has read, of which at says how much is used; so they are
// neither quoted nor in the program's text.
func (a powershellArgument) code(at *int) string {
	elements := make([]string, len(a.values))
	for i, v := range a.values {
		elements[i] = v.code(*at)
		*at++
	}
	value := strings.Join(elements, ", ")
	switch {
	case a.name == "" && len(elements) == 1:
		return "(" + value + ")"
	case a.name == "":
		return "@(" + value + ")"
	case !a.joined:
		return a.name
	case len(elements) == 1:
		return a.name + ":(" + value + ")"
	}
	return a.name + ":@(" + value + ")"
}

// code is the value as PowerShell would have understood it: a number that looks
// the same when it is text again, a constant, or text.
func (v powershellValue) code(at int) string {
	text := "$SlipwayArguments[" + strconv.Itoa(at) + "]"
	if !v.bare {
		return text
	}
	switch name := strings.ToLower(v.text); {
	case name == "$true" || name == "$false" || name == "$null":
		return name
	case wholeNumber.MatchString(v.text):
		return "([int] " + text + ")"
	}
	return text
}

// argumentReader goes through the text.
type argumentReader struct {
	text []rune
	at   int
}

func (r *argumentReader) more() bool { return r.at < len(r.text) }

func (r *argumentReader) peek() rune {
	if !r.more() {
		return 0
	}
	return r.text[r.at]
}

func (r *argumentReader) skipBlanks() {
	for r.more() && isBlank(r.peek()) {
		r.at++
	}
}

func isBlank(c rune) bool { return strings.ContainsRune(" \t\r\n\u00A0\u0085", c) }

func (r *argumentReader) argument() (powershellArgument, error) {
	var arg powershellArgument
	first, joined, err := r.value(true)
	if err != nil {
		return arg, err
	}
	if first.bare && parameterName.MatchString(first.text) {
		arg.name = "-" + string([]rune(first.text)[1:])
		if !joined {
			return arg, nil
		}
		arg.joined = true
		r.at++
		r.skipBlanks()
		if first, _, err = r.value(false); err != nil {
			return arg, err
		}
	}
	arg.values = []powershellValue{first}
	for r.comma() {
		next, _, err := r.value(false)
		if err != nil {
			return arg, err
		}
		arg.values = append(arg.values, next)
	}
	return arg, nil
}

// comma steps over the comma of a list and the blanks around it.
func (r *argumentReader) comma() bool {
	before := r.at
	r.skipBlanks()
	if r.peek() != ',' {
		r.at = before
		return false
	}
	r.at++
	r.skipBlanks()
	return true
}

var errNoValue = errors.New("the parameters end where a value is missing: write it, or '' for an empty one")

// value reads an element. Where a parameter's name may stand, one that ends in a
// colon is joined to what follows.
func (r *argumentReader) value(nameToo bool) (v powershellValue, joined bool, err error) {
	switch c := r.peek(); {
	case !r.more() || c == ',':
		return v, false, errNoValue
	case isSingleQuote(c):
		v.text, err = r.single()
	case isDoubleQuote(c):
		v.text, err = r.double()
	default:
		return r.bare(nameToo)
	}
	if c := r.peek(); err == nil && r.more() && !isBlank(c) && c != ',' {
		err = fmt.Errorf("the parameters have %q directly behind a closing quote: put a blank between them, or all of it into the quotes", c)
	}
	return v, false, err
}

func (r *argumentReader) bare(nameToo bool) (v powershellValue, joined bool, err error) {
	if constant := r.constant(); constant != "" {
		return powershellValue{text: constant, bare: true}, false, nil
	}
	var word strings.Builder
	v.bare = true
	for start := r.at; r.more(); {
		c := r.peek()
		switch {
		case isBlank(c) || c == ',':
			v.text = word.String()
			return v, false, nil
		case isSingleQuote(c), isDoubleQuote(c):
			part, err := r.quoted()
			if err != nil {
				return v, false, err
			}
			v.bare = false
			word.WriteString(part)
			continue
		case c == '`':
			if r.at++; !r.more() {
				return v, false, errors.New("the parameters end with a backtick: double it, or put it into single quotes")
			}
			v.bare = false
			word.WriteRune(escapedRune(r.peek()))
		case c == ':' && nameToo && parameterName.MatchString(word.String()):
			v.text = word.String()
			return v, true, nil
		case strings.ContainsRune("$(){};|&<>", c), r.at == start && (c == '@' || c == '#'):
			return v, false, fmt.Errorf("the parameters hold %q outside quotes: they are values, nothing in them is run or looked up. Put it into single quotes", c)
		default:
			word.WriteRune(c)
		}
		r.at++
	}
	v.text = word.String()
	return v, false, nil
}

// constant reads one of the words with a dollar that are values.
func (r *argumentReader) constant() string {
	for _, name := range []string{"$true", "$false", "$null"} {
		end := r.at + len(name)
		if end <= len(r.text) && strings.EqualFold(string(r.text[r.at:end]), name) &&
			(end == len(r.text) || isBlank(r.text[end]) || r.text[end] == ',') {
			r.at = end
			return name
		}
	}
	return ""
}

func (r *argumentReader) quoted() (string, error) {
	if isSingleQuote(r.peek()) {
		return r.single()
	}
	return r.double()
}

func (r *argumentReader) single() (string, error) {
	var b strings.Builder
	for r.at++; r.more(); r.at++ {
		c := r.peek()
		if isSingleQuote(c) {
			r.at++
			if c = r.peek(); !isSingleQuote(c) {
				return b.String(), nil
			}
		}
		b.WriteRune(c)
	}
	return "", errOpenQuote
}

var errOpenQuote = errors.New("the parameters have a quote that is never closed; an apostrophe in single quotes is doubled")

func (r *argumentReader) double() (string, error) {
	var b strings.Builder
	for r.at++; r.more(); r.at++ {
		c := r.peek()
		switch {
		case c == '`':
			if r.at++; !r.more() {
				return "", errOpenQuote
			}
			b.WriteRune(escapedRune(r.peek()))
			continue
		case c == '$':
			return "", errors.New("the parameters hold a $ in double quotes: they are values, nothing in them is looked up. Put them into single quotes, or a backtick before the $")
		case isDoubleQuote(c):
			r.at++
			if c = r.peek(); !isDoubleQuote(c) {
				return b.String(), nil
			}
		}
		b.WriteRune(c)
	}
	return "", errOpenQuote
}

// escapedRune is what a backtick makes of the character behind it.
func escapedRune(c rune) rune {
	if at := strings.IndexRune("0abfnrtv", c); at >= 0 {
		return rune("\x00\a\b\f\n\r\t\v"[at])
	}
	return c
}
