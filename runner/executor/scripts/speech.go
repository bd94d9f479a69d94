package scripts

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"slipway/pipelines/task"
)

// speech turns the bytes a script prints into lines of the log and into the
// result it announces by service messages.
type speech struct {
	mu       sync.Mutex
	log      Log
	mask     *Mask
	out, err *voice
	talk     messages
	answer   Result
}

func newSpeech(mask *Mask, log Log) *speech {
	s := &speech{log: log, mask: mask, answer: Result{Outputs: map[string]string{}}}
	s.out = &voice{stream: task.Stdout, mask: mask, log: log}
	s.err = &voice{stream: task.Stderr, mask: mask, log: log}
	s.talk = messages{text: s.out.write, message: s.heard}
	return s
}

func (s *speech) write(stream task.Stream, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stream == task.Stdout {
		s.talk.write(b)
	} else {
		s.err.write(b)
	}
	s.log.Flush()
}

// heard is called by write, which holds the lock.
func (s *speech) heard(m message) {
	mode, isMode := strings.CutPrefix(m.name, "stdout-")
	switch {
	case m.name == "setVariable":
		s.setVariable(m)
	case m.name == "resultMessage":
		s.answer.Message = s.mask.Text(m.values["message"])
	case m.name == "mask":
		s.mask.Add(m.values["value"])
	case m.name == "createArtifact":
		s.log.Add(task.Warning, "artifacts are not collected: "+s.mask.Text(m.values["path"])+" stays on the host")
	case m.name == "progress" && m.values["message"] != "":
		s.log.Add(task.Note, s.mask.Text(m.values["message"]))
	case isMode:
		s.out.finish()
		s.out.switchTo(mode)
	}
}

// setVariable keeps an output. Secret ones are not kept: an end is stored and
// sent as plain text.
func (s *speech) setVariable(m message) {
	name, value := m.values["name"], m.values["value"]
	if name == "" {
		return
	}
	if strings.EqualFold(m.values["sensitive"], "true") {
		s.mask.Add(value)
		s.log.Add(task.Warning, "output variable "+name+" is sensitive and is not passed on: sensitive outputs cannot leave the host")
		return
	}
	if s.mask.Text(value) != value {
		s.log.Add(task.Warning, "the value of output variable "+name+" holds a secret and is passed on masked")
	}
	s.answer.Outputs[name] = s.mask.Text(value)
}

func (s *speech) say(stream task.Stream, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Add(stream, text)
}

// finish shows what still waited: for the rest of a secret, a message or a line.
func (s *speech) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.talk.finish()
	s.out.finish()
	s.err.finish()
	s.log.Flush()
}

func (s *speech) result(exitCode int) Result {
	s.answer.ExitCode = exitCode
	return s.answer
}

// voice is one of a script's two streams: masked, then cut into lines.
type voice struct {
	stream  task.Stream
	mask    *Mask
	log     Log
	ignored bool
	held    []byte // may be the beginning of a secret
	line    []byte // masked, its end not yet seen
}

// longestHeld bounds a line without end; the log splits it further.
const longestHeld = 64 << 10

func (v *voice) write(b []byte) {
	shown, rest := v.mask.hide(append(v.held, b...), false)
	v.line = append(v.line, shown...)
	v.held = append([]byte(nil), rest...)
	v.cut()
}

func (v *voice) cut() {
	rest := v.line
	for {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		v.emit(rest[:end])
		rest = rest[end+1:]
	}
	if len(rest) > longestHeld {
		whole := wholeRunes(rest)
		v.emit(rest[:whole])
		rest = rest[whole:]
	}
	v.line = append(v.line[:0], rest...)
}

// wholeRunes is b's length without a character that was cut in two at its end.
func wholeRunes(b []byte) int {
	for back := 1; back < min(utf8.UTFMax, len(b)); back++ {
		if last := b[len(b)-back:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				break
			}
			return len(b) - back
		}
	}
	return len(b)
}

func (v *voice) emit(line []byte) {
	if !v.ignored {
		v.log.Add(v.stream, string(bytes.TrimSuffix(line, []byte("\r"))))
	}
}

func (v *voice) finish() {
	shown, _ := v.mask.hide(v.held, true)
	v.line = append(v.line, shown...)
	v.held = nil
	v.cut()
	if len(v.line) > 0 {
		v.emit(v.line)
		v.line = nil
	}
}

// switchTo is what the script asks for with stdout-warning and its kin.
func (v *voice) switchTo(mode string) {
	v.ignored = mode == "ignore"
	switch mode {
	case "warning":
		v.stream = task.Warning
	case "error":
		v.stream = task.Stderr
	default:
		v.stream = task.Stdout
	}
}
