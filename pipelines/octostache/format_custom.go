package octostache

import "strings"

// picture is one section of a custom number format, like `#,##0.00 'MB'`.
type picture struct {
	pieces  []piece
	whole   int // placeholders before the point
	atLeast int // of these, from the first `0` on
	places  int // placeholders behind the point
	always  int // of these, up to the last `0`
	grouped bool
	shift   int // powers of ten from `%` and from commas before the point
}

// piece is a literal, or a placeholder or point where literal is empty.
type piece struct {
	literal string
	mark    byte // '0' or '#', '.'
}

func formatCustom(d decimal, format string) string {
	sections := splitSections(format)
	section := 0
	switch {
	case d.digits == "":
		section = chosen(sections, 2)
	case d.neg:
		section = chosen(sections, 1)
	}
	p, r := drawn(sections[section], d)
	// What rounding makes zero goes by the section for zero.
	if zero := chosen(sections, 2); r.digits == "" && section != zero {
		section = zero
		p, r = drawn(sections[section], d)
	}
	if section > 0 {
		r.neg = false
	}
	return minus(r, p.fill(r))
}

// chosen is the section asked for, or the first where there is none.
func chosen(sections []string, n int) int {
	if n < len(sections) && sections[n] != "" {
		return n
	}
	return 0
}

// drawn is a section, and the number as the section rounds it.
func drawn(section string, d decimal) (picture, decimal) {
	p := readPicture(section)
	return p, d.shift(p.shift).round(p.places)
}

// splitSections cuts at `;` outside quotes.
func splitSections(format string) []string {
	var sections []string
	from := 0
	for i := 0; i < len(format); i++ {
		switch c := format[i]; c {
		case '\\':
			i++
		case '\'', '"':
			if end := strings.IndexByte(format[i+1:], c); end >= 0 {
				i += end + 1
			}
		case ';':
			sections = append(sections, format[from:i])
			from = i + 1
		}
	}
	return append(sections, format[from:])
}

func readPicture(section string) picture {
	p := picture{}
	point := false
	commas := 0 // since the last placeholder before the point
	for i := 0; i < len(section); i++ {
		switch c := section[i]; c {
		case '0', '#':
			p.placeholder(c, point, commas)
			commas = 0
		case '.':
			if !point {
				p.shift -= 3 * commas
				p.pieces = append(p.pieces, piece{mark: '.'})
			}
			point, commas = true, 0
		case ',':
			if !point && p.whole > 0 {
				commas++
			}
		case '%':
			p.shift += 2
			p.pieces = append(p.pieces, piece{literal: "%"})
		case '\\':
			if i++; i < len(section) {
				p.pieces = append(p.pieces, piece{literal: section[i : i+1]})
			}
		case '\'', '"':
			length := strings.IndexByte(section[i+1:], c)
			if length < 0 {
				length = len(section) - i - 1
			}
			p.pieces = append(p.pieces, piece{literal: section[i+1 : i+1+length]})
			i += length + 1
		default:
			p.pieces = append(p.pieces, piece{literal: section[i : i+1]})
		}
	}
	if !point {
		p.shift -= 3 * commas
	}
	return p
}

func (p *picture) placeholder(mark byte, behind bool, commas int) {
	p.pieces = append(p.pieces, piece{mark: mark})
	if behind {
		p.places++
		if mark == '0' {
			p.always = p.places
		}
		return
	}
	p.whole++
	if mark == '0' || p.atLeast > 0 {
		p.atLeast++
	}
	p.grouped = p.grouped || commas > 0
}

// fill puts the digits in place of the placeholders.
func (p *picture) fill(d decimal) string {
	whole, fraction := d.parts()
	whole = pad(whole, p.atLeast)
	fraction += strings.Repeat("0", max(0, p.always-len(fraction)))
	var b strings.Builder
	written := 0
	upTo := func(end int) {
		for ; written < end; written++ {
			if p.grouped && written > 0 && (len(whole)-written)%3 == 0 {
				b.WriteByte(',')
			}
			b.WriteByte(whole[written])
		}
	}
	seen, behind := 0, false
	for _, piece := range p.pieces {
		switch {
		case piece.mark == 0:
			b.WriteString(piece.literal)
		case piece.mark == '.':
			upTo(len(whole)) // also without a placeholder in front
			if behind = true; fraction != "" {
				b.WriteByte('.')
			}
		case behind:
			if fraction != "" {
				b.WriteByte(fraction[0])
				fraction = fraction[1:]
			}
		default:
			seen++
			// The first placeholder takes all digits for which there is none.
			upTo(len(whole) - (p.whole - seen))
		}
	}
	return b.String()
}
