package scripts

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
)

// message is one `##octopus[name key='base64']` a script printed.
type message struct {
	name   string
	values map[string]string // keys in lower case
}

var opening = []byte("##octopus[")

// longestMessage bounds what is kept while a message has no end; longer ones
// are ordinary text.
const longestMessage = 1 << 20

// messages takes service messages out of a stream, however it is cut. A
// message may begin in the middle of a line and go on over several; what
// follows it in its last line is dropped.
type messages struct {
	held     []byte
	dropping bool // until the end of this line
	begun    bool // text of the present line has been passed on
	text     func([]byte)
	message  func(message)
}

func (m *messages) write(b []byte) {
	m.held = append(m.held, b...)
	for len(m.held) > 0 && m.step() {
	}
}

// step uses up some of what is held; false if more must come first.
func (m *messages) step() bool {
	if m.dropping {
		return m.drop()
	}
	at := bytes.Index(m.held, opening)
	if at < 0 {
		keep := partial(m.held, opening)
		m.pass(m.held[:len(m.held)-keep])
		m.held = m.held[len(m.held)-keep:]
		return false
	}
	end := bytes.IndexByte(m.held[at:], ']')
	if end < 0 && len(m.held)-at > longestMessage {
		m.pass(m.held)
		m.held = nil
		return false
	}
	m.pass(m.held[:at])
	if end < 0 {
		m.held = m.held[at:]
		return false
	}
	body := m.held[at+len(opening) : at+end]
	m.held = m.held[at+end+1:]
	m.dropping = true
	if parsed, ok := parseMessage(string(body)); ok {
		if m.begun {
			m.pass([]byte("\n"))
		}
		m.message(parsed)
	}
	return true
}

// drop skips to the end of the message's line. The line end itself belongs to
// the text only if some of the line was shown, and then it has been passed.
func (m *messages) drop() bool {
	end := bytes.IndexByte(m.held, '\n')
	if end < 0 {
		m.held = nil
		return false
	}
	if m.begun {
		m.pass([]byte("\n"))
	}
	m.held = m.held[end+1:]
	m.dropping = false
	return true
}

func (m *messages) pass(b []byte) {
	if len(b) == 0 {
		return
	}
	m.begun = b[len(b)-1] != '\n'
	m.text(b)
}

// finish passes on a message that was never closed, as text.
func (m *messages) finish() {
	if !m.dropping {
		m.pass(m.held)
	}
	m.held = nil
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

var (
	messageForm  = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z0-9_-]+\s*=\s*(?:'[^']*'|"[^"]*"))*)\s*$`)
	messageValue = regexp.MustCompile(`([A-Za-z0-9_-]+)\s*=\s*(?:'([^']*)'|"([^"]*)")`)
	lineEnds     = strings.NewReplacer("\r", "", "\n", "")
)

// parseMessage reads what stands between the brackets; false if it is not a
// message, which is then ignored.
func parseMessage(body string) (message, bool) {
	form := messageForm.FindStringSubmatch(lineEnds.Replace(body))
	if form == nil {
		return message{}, false
	}
	m := message{name: form[1], values: map[string]string{}}
	for _, pair := range messageValue.FindAllStringSubmatch(form[2], -1) {
		value, err := base64.StdEncoding.DecodeString(pair[2] + pair[3])
		if err != nil {
			return message{}, false
		}
		m.values[strings.ToLower(pair[1])] = string(value)
	}
	return m, true
}
