package scripts

import (
	"path/filepath"
	"strings"
	"sync"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
)

// speech turns the bytes a script prints into lines of the log and into the
// result it announces by service messages.
type speech struct {
	mu         sync.Mutex
	log        Log
	mask       *masking.Mask
	dir        string // that paths of artifacts are relative to
	heardOut   decoder
	heardErr   decoder
	out, err   *voice
	talk       splitter // of stdout
	murmur     splitter // of stderr, where messages are only text
	complaints complaints
	answer     Result
	printed    *Printed // if somebody wants to have it
	settle     *time.Timer
	over       bool
}

// settled is how long a line may wait for the rest of a secret in the next one.
const settled = 300 * time.Millisecond

func newSpeech(mask *masking.Mask, log Log, dir string) *speech {
	s := &speech{log: log, mask: mask, dir: dir, answer: Result{Outputs: map[string]string{}, Sensitive: map[string]string{}}}
	s.heardOut.local, s.heardErr.local = hostCodePage, hostCodePage
	s.out = newVoice(task.Stdout, mask, log)
	s.err = newVoice(task.Stderr, mask, log)
	s.talk = splitter{text: s.out.write, message: func(m Message, _ []byte) { s.heard(m) }}
	s.murmur = splitter{text: s.err.write, message: func(m Message, _ []byte) { s.learn(m) }, keeps: true}
	return s
}

func (s *speech) write(stream task.Stream, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(stream, b)
	if stream == task.Stdout {
		s.hear(s.heardOut.write(b))
	} else {
		s.mind(s.heardErr.write(b))
	}
	s.log.Flush()
	if s.settle == nil {
		s.settle = time.AfterFunc(settled, s.settleNow)
	}
	s.settle.Reset(settled)
}

// hear takes text of stdout, mind of stderr.
func (s *speech) hear(text []byte) { s.talk.write(text) }

func (s *speech) mind(text []byte) {
	s.complaints.write(text)
	s.murmur.write(text)
}

func (s *speech) keep(stream task.Stream, b []byte) {
	switch {
	case s.printed == nil:
	case stream == task.Stdout:
		s.printed.Stdout = append(s.printed.Stdout, b...)
	default:
		s.printed.Stderr = append(s.printed.Stderr, b...)
	}
}

// learn hides what a message says is secret. That holds for stderr too: some
// scripts print the message on both, because nobody knows which is read first.
func (s *speech) learn(m Message) {
	if m.Name == "mask" || isTrue(m.Values["sensitive"]) {
		s.mask.Add(m.Values["value"])
	}
}

func isTrue(text string) bool { return strings.EqualFold(text, "true") }

// heard is called by write, which holds the lock.
func (s *speech) heard(m Message) {
	s.learn(m)
	stdout, isOut := strings.CutPrefix(m.Name, "stdout-")
	stderr, isErr := strings.CutPrefix(m.Name, "stderr-")
	switch {
	case m.Name == "setVariable":
		s.setVariable(m.Values["name"], m.Values["value"], isTrue(m.Values["sensitive"]))
	case m.Name == "resultMessage":
		s.answer.Message = s.mask.Text(m.Values["message"])
	case m.Name == "createArtifact":
		s.createArtifact(m.Values["path"], m.Values["name"])
	case m.Name == "progress":
		s.progress(m.Values["percentage"], m.Values["message"])
	case isOut:
		s.out.switchTo(stdout)
	case isErr:
		s.err.switchTo(stderr)
	case m.Name != "mask":
		s.add(task.Note, "the script sent the message "+m.Name+", which has no effect here")
	}
}

// setVariable keeps an output; the last value of a name counts. Names leave the
// host in the open, also those of sensitive ones.
func (s *speech) setVariable(name, value string, sensitive bool) {
	if name == "" {
		return
	}
	if masked := s.mask.Text(name); masked != name {
		name = masked
		s.add(task.Warning, "the name of output variable "+name+" holds a secret and is passed on masked: give it a name without one")
	}
	delete(s.answer.Outputs, name)
	delete(s.answer.Sensitive, name)
	if sensitive {
		s.answer.Sensitive[name] = value
		return
	}
	shown := s.mask.Text(value)
	if shown != value {
		s.add(task.Warning, "the value of output variable "+name+" holds a secret and is passed on masked: set it with -sensitive to pass it on whole")
	}
	s.answer.Outputs[name] = shown
}

func (s *speech) createArtifact(path, name string) {
	if path == "" {
		return
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	if name == "" {
		name = filepath.Base(path)
	}
	s.answer.Artifacts = append(s.answer.Artifacts, Artifact{Path: path, Name: name})
}

func (s *speech) progress(percentage, message string) {
	text := percentage + " %"
	switch {
	case percentage == "":
		text = message
	case message != "":
		text += ": " + message
	}
	s.add(task.Note, text)
}

// add adds a line that may have come from the script.
func (s *speech) add(stream task.Stream, text string) {
	for line := range strings.Lines(s.mask.Text(text)) {
		s.log.Add(stream, strings.TrimRight(line, "\r\n"))
	}
}

func (s *speech) say(stream task.Stream, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Add(stream, text)
}

// settleNow shows lines that only wait for what may never come.
func (s *speech) settleNow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.hear(s.heardOut.settle())
	s.mind(s.heardErr.settle())
	s.out.settle()
	s.err.settle()
	s.log.Flush()
}

// finish shows what still waited: for the rest of a secret, a message or a line.
func (s *speech) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.settle != nil {
		s.settle.Stop()
	}
	s.hear(s.heardOut.finish())
	s.mind(s.heardErr.finish())
	s.talk.finish()
	s.murmur.finish()
	s.out.finish()
	s.err.finish()
	s.log.Flush()
}

func (s *speech) result(exitCode int) Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer.ExitCode, s.answer.ErrorOutput = exitCode, s.complaints.any()
	return s.answer
}
