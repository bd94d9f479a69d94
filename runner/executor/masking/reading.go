package masking

import "bytes"

// reading is the text as it is with one kind of escape read. Between escapes it
// is the plain text: it only runs from an escape to where what it has read
// since then makes the same state as the plain text does.
type reading struct {
	escape escape
	at     int    // in the stream's text
	next   [2]int // where each of escape.first is found next, unless it is behind at
	runs   bool

	// While it runs:
	state  int32
	anchor int   // where it began to run
	begins []int // of each symbol since then, in the stream's text
	breaks []int // symbols since then that stand behind a break
	row    int   // breaks in a row at the end
	sure   int   // symbols since the last escape
}

// advance reads on, to the end of the text or where more is needed to go on.
func (r *reading) advance(s *Stream, last bool) {
	for r.at < len(s.text) {
		if !r.runs && !r.skip(s.text) {
			return
		}
		symbols, used := r.symbols(s.text[r.at:], last)
		switch {
		case used == undecided:
			return
		case used == 0 && !r.runs:
			r.at++
			continue
		case !r.runs:
			r.start(s)
		}
		escaped := used > 0
		if !escaped {
			symbols, used = s.text[r.at:r.at+1], 1
		}
		r.read(s, symbols, used, escaped)
	}
}

// skip goes to where the next escape may be.
func (r *reading) skip(text []byte) bool {
	nearest := len(text)
	for i := range len(r.escape.first) {
		if r.next[i] < r.at {
			r.next[i] = len(text)
			if at := bytes.IndexByte(text[r.at:], r.escape.first[i]); at >= 0 {
				r.next[i] = r.at + at
			}
		}
		nearest = min(nearest, r.next[i])
	}
	r.at = nearest
	return nearest < len(text)
}

func (r *reading) symbols(b []byte, last bool) ([]byte, int) {
	for i := range len(r.escape.first) {
		if b[0] != r.escape.first[i] {
			continue
		}
		symbols, used := r.escape.decode(b)
		if used == undecided && last {
			return r.escape.decodeLast(b)
		}
		return symbols, used
	}
	return nil, 0
}

func (r *reading) start(s *Stream) {
	r.runs, r.state, r.anchor = true, s.before(r.at), r.at
	r.begins, r.breaks, r.row, r.sure = r.begins[:0], r.breaks[:0], 0, 0
	for r.row < r.at && isBreak(rune(s.text[r.at-1-r.row])) {
		r.row++
	}
}

func (r *reading) read(s *Stream, symbols []byte, used int, escaped bool) {
	from, end := r.at, r.at+used
	for _, b := range symbols {
		if isBreak(rune(b)) {
			r.breaks = append(r.breaks, len(r.begins))
			r.row++
			r.state = s.finds.rest(r.state, r.row)
			continue
		}
		r.row = 0
		r.begins = append(r.begins, from)
		r.state = s.finds.step(r.state, b)
		s.finds.ends(r.state, func(f form) bool { return s.hide(f, r.place(s, len(f.text)), end) })
		r.sure++
	}
	if escaped {
		r.sure = 0
	}
	r.at = end
	depth := int(s.finds.nodes[r.state].depth)
	if r.state == s.states[end-1] && r.sure >= depth {
		r.runs = false
	}
	r.forget()
}

// place is where the last length symbols stand.
func (r *reading) place(s *Stream, length int) place {
	inside := len(r.begins) - length
	if inside < 0 {
		p := s.placeBefore(r.anchor, -inside)
		if p.before < 0 && len(r.breaks) > 0 {
			p.before = -inside + r.breaks[0]
		}
		return p
	}
	p := place{start: r.begins[inside], before: -1}
	for _, at := range r.breaks {
		if at > inside && at < len(r.begins) {
			p.before = at - inside
			break
		}
	}
	return p
}

// forget bounds what a reading that never comes together with the plain text
// keeps.
func (r *reading) forget() {
	gone := len(r.begins) - 2*longestForm
	if gone < 2*longestForm {
		return
	}
	r.anchor = r.begins[gone]
	r.begins = append(r.begins[:0], r.begins[gone:]...)
	kept := r.breaks[:0]
	for _, at := range r.breaks {
		if at > gone {
			kept = append(kept, at-gone)
		}
	}
	r.breaks = kept
}

// pending is where the earliest occurrence that is not complete may begin.
func (r *reading) pending(s *Stream) int {
	switch {
	case r.runs && r.state == 0:
		return r.at
	case r.runs:
		return r.place(s, int(s.finds.nodes[r.state].depth)).start
	case r.at < len(s.text):
		return s.placeBefore(r.at, int(s.finds.nodes[s.before(r.at)].depth)).start
	}
	return len(s.text)
}

// moved is called when the first n bytes of the text have gone.
func (r *reading) moved(n int) {
	r.at -= n
	r.anchor -= n
	for i := range r.next {
		r.next[i] -= n
	}
	for i := range r.begins {
		r.begins[i] -= n
	}
}
