package masking

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// Stream hides secrets in a text that comes in pieces. What may be the
// beginning of a secret waits for its rest; that is bounded by the longest form
// however much is written.
type Stream struct {
	mask  *Mask
	finds *automaton

	text    []byte  // that waits
	first   int32   // state in front of it
	states  []int32 // behind each of its bytes
	row     int     // breaks in a row at its end
	breaks  []int   // where they stand in it
	escaped [len(escapes)]reading
	hidden  []span
	covered int // end of what was last hidden, where text still touches it
}

type span struct{ start, end int }

// place is where symbols begin, and how many of them stand in front of the
// first break between them; negative if there is none.
type place struct{ start, before int }

const untouched = -1

// longestRow is how many breaks in a row a secret may go over: enough for an
// empty line with Windows's line ends.
const longestRow = 4

// block keeps what one step works on in the processor's cache.
const block = 16 << 10

// Stream begins to read a text.
func (m *Mask) Stream() *Stream {
	s := &Stream{mask: m, covered: untouched}
	s.restart()
	return s
}

// Write returns what can be shown now.
func (s *Stream) Write(b []byte) []byte {
	shown := make([]byte, 0, len(b)+len(s.text))
	for piece := range slices.Chunk(b, block) {
		shown = s.write(shown, piece)
	}
	return shown
}

// Finish returns what still waits: nothing follows.
func (s *Stream) Finish() []byte {
	if s.finds == nil {
		return nil
	}
	shown := s.end(nil)
	s.covered = untouched
	return shown
}

// Settle returns the lines that wait only because a secret may go on in the
// next line. It is for when nothing has come for a while and people want to
// read what there is.
func (s *Stream) Settle() []byte {
	if s.finds == nil || len(s.breaks) == 0 {
		return nil
	}
	lines := s.breaks[len(s.breaks)-1] + 1
	begun := bytes.Clone(s.text[lines:])
	s.text, s.states = s.text[:lines], s.states[:lines]
	return s.write(s.end(nil), begun)
}

func (s *Stream) write(shown, b []byte) []byte {
	s.refresh()
	if s.finds == nil {
		return append(shown, b...)
	}
	s.read(b)
	for i := range s.escaped {
		s.escaped[i].advance(s, false)
	}
	return s.show(shown, s.pending())
}

func (s *Stream) end(shown []byte) []byte {
	for i := range s.escaped {
		s.escaped[i].advance(s, true)
	}
	shown = s.show(shown, len(s.text))
	s.restart()
	return shown
}

// refresh begins again with what waits when the mask has learnt more.
func (s *Stream) refresh() {
	now := s.mask.automaton()
	if now == s.finds {
		return
	}
	waiting := s.text
	s.restart()
	s.finds, s.text = now, nil
	s.read(waiting)
}

func (s *Stream) restart() {
	s.first, s.states, s.row, s.breaks = 0, s.states[:0], 0, s.breaks[:0]
	for i := range s.escaped {
		s.escaped[i] = reading{escape: escapes[i]}
	}
}

// read reads b as plain text.
func (s *Stream) read(b []byte) {
	from := len(s.states)
	a, state := s.finds, s.before(from)
	next, shallow := a.next, a.shallow
	s.text = append(s.text, b...)
	s.states = slices.Grow(s.states, len(b))[:len(s.text)]
	states := s.states[from:]
	for i, symbol := range b {
		if symbol == '\n' || symbol == '\r' {
			s.breaks = append(s.breaks, from+i)
			s.row++
			state = a.rest(state, s.row)
			states[i] = state
			continue
		}
		s.row = 0
		if state < shallow {
			state = next[state<<8|int32(symbol)]
		} else {
			state = a.step(state, symbol)
		}
		states[i] = state
		if state >= shallow && a.nodes[state].ends {
			end := from + i + 1
			a.ends(state, func(f form) bool { return s.hide(f, s.placeBefore(end, len(f.text)), end) })
		}
	}
}

// before is the state of the plain text in front of a byte.
func (s *Stream) before(at int) int32 {
	if at == 0 {
		return s.first
	}
	return s.states[at-1]
}

// placeBefore is where the last length symbols of plain text stand.
func (s *Stream) placeBefore(end, length int) place {
	p := place{start: end - length, before: -1}
	for i := sort.SearchInts(s.breaks, end) - 1; i >= 0 && s.breaks[i] >= p.start; i-- {
		p.start--
		p.before = s.breaks[i] - p.start
	}
	return p
}

// hide hides an occurrence, if its breaks are as the form wants them.
func (s *Stream) hide(f form, at place, end int) bool {
	broken := at.before >= 0
	if broken && (f.breaks == noBreaks || at.before < f.before) || !broken && f.breaks == ownBreaks {
		return false
	}
	if n := len(s.hidden) - 1; n >= 0 && s.hidden[n].start <= end && at.start <= s.hidden[n].end {
		s.hidden[n] = span{min(s.hidden[n].start, at.start), max(s.hidden[n].end, end)}
		return true
	}
	s.hidden = append(s.hidden, span{at.start, end})
	return true
}

// pending is where the earliest occurrence that is not complete may begin.
func (s *Stream) pending() int {
	depth := s.finds.nodes[s.before(len(s.states))].depth
	earliest := s.placeBefore(len(s.text), int(depth)).start
	for i := range s.escaped {
		earliest = min(earliest, s.escaped[i].pending(s))
	}
	return earliest
}

// show gives out the first n bytes of the text.
func (s *Stream) show(shown []byte, n int) []byte {
	slices.SortFunc(s.hidden, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	at, used := 0, 0
	for _, h := range s.hidden {
		if h.start > s.covered {
			if h.start >= n {
				break
			}
			shown = append(append(shown, s.text[max(at, s.covered):h.start]...), Stars...)
			at = h.start
		}
		s.covered = max(s.covered, h.end)
		used++
	}
	if from := max(at, s.covered); from < n {
		shown = append(shown, s.text[from:n]...)
	}
	s.hidden = slices.Delete(s.hidden, 0, used)
	s.move(n)
	return shown
}

// move forgets the first n bytes of the text.
func (s *Stream) move(n int) {
	if n == 0 {
		return
	}
	s.first = s.before(n)
	s.text = append(s.text[:0], s.text[n:]...)
	s.states = append(s.states[:0], s.states[n:]...)
	gone, _ := slices.BinarySearch(s.breaks, n)
	s.breaks = append(s.breaks[:0], s.breaks[gone:]...)
	for i := range s.breaks {
		s.breaks[i] -= n
	}
	for i := range s.hidden {
		s.hidden[i].start -= n
		s.hidden[i].end -= n
	}
	for i := range s.escaped {
		s.escaped[i].moved(n)
	}
	s.covered = max(s.covered-n, untouched)
}
