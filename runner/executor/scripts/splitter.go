package scripts

import "bytes"

var opening = []byte("##octopus[")

// longestMessage bounds what is kept while a message has no end; longer ones
// are ordinary text.
const longestMessage = 1 << 20

// splitter takes service messages out of a stream, however it is cut. A
// message may begin in the middle of a line and go on over several; text that
// follows it in its last line is dropped, and only another message counts.
type splitter struct {
	held     []byte
	searched int  // bytes of held that are known to have no end of a message
	dropping bool // until the end of this line
	begun    bool // text of the present line has been passed on
	text     func([]byte)
	message  func(m Message, source []byte)
	// keeps passes messages on as text, too, with all that follows them.
	keeps bool
}

func (s *splitter) write(b []byte) {
	s.held = append(s.held, b...)
	for len(s.held) > 0 && s.step() {
	}
}

// step uses up some of what is held; false if more must come first.
func (s *splitter) step() bool {
	at := bytes.Index(s.held, opening)
	if s.dropping {
		if end := bytes.IndexByte(s.held, '\n'); end >= 0 && (at < 0 || end < at) {
			return s.dropLine(end)
		}
	}
	if at < 0 {
		keep := partial(s.held, opening)
		s.use(len(s.held) - keep)
		return false
	}
	s.use(at)
	return s.closed()
}

// dropLine ends what is dropped. The line end itself belongs to the text only
// if some of the line was shown.
func (s *splitter) dropLine(end int) bool {
	if s.begun {
		s.pass([]byte("\n"))
	}
	s.held = s.held[end+1:]
	s.dropping = false
	return true
}

// use passes on, or drops, the first n bytes that are held.
func (s *splitter) use(n int) {
	if n == 0 {
		return
	}
	if !s.dropping {
		s.pass(s.held[:n])
	}
	s.held = s.held[n:]
	s.searched = 0
}

// closed reads the message that held begins with.
func (s *splitter) closed() bool {
	from := max(s.searched, len(opening))
	end := bytes.IndexByte(s.held[from:], ']')
	if end < 0 {
		s.searched = len(s.held)
		if len(s.held) > longestMessage {
			s.use(len(s.held))
		}
		return false
	}
	source := s.held[:from+end+1]
	s.held, s.searched = s.held[from+end+1:], 0
	m, ok := parseMessage(string(source[len(opening) : len(source)-1]))
	if s.keeps {
		if ok {
			s.message(m, source)
		}
		s.pass(source)
		return true
	}
	if ok {
		if s.begun {
			s.pass([]byte("\n"))
		}
		s.message(m, source)
	}
	s.dropping = true
	return true
}

func (s *splitter) pass(b []byte) {
	if len(b) == 0 {
		return
	}
	s.begun = b[len(b)-1] != '\n'
	s.text(b)
}

// finish passes on a message that was never closed, as text.
func (s *splitter) finish() {
	if !s.dropping {
		s.pass(s.held)
	}
	s.held, s.searched = nil, 0
}

// partial is how many bytes at b's end could be the beginning of word.
func partial(b, word []byte) int {
	for n := min(len(b), len(word)-1); n > 0; n-- {
		if bytes.HasSuffix(b, word[:n]) {
			return n
		}
	}
	return 0
}
