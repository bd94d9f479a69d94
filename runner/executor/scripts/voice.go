package scripts

import (
	"bytes"
	"unicode/utf8"

	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
)

// voice is one of a script's two streams: masked, then cut into lines.
type voice struct {
	usual   task.Stream
	stream  task.Stream // where lines go at the moment
	ignored bool
	masked  *masking.Stream
	line    []byte // its end not yet seen
	log     Log
}

// longestHeld bounds a line without end; the log splits it further.
const longestHeld = 64 << 10

func newVoice(stream task.Stream, mask *masking.Mask, log Log) *voice {
	return &voice{usual: stream, stream: stream, masked: mask.Stream(), log: log}
}

func (v *voice) write(b []byte) {
	v.line = append(v.line, v.masked.Write(b)...)
	v.cut()
}

func (v *voice) settle() {
	v.line = append(v.line, v.masked.Settle()...)
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
	v.line = append(v.line, v.masked.Finish()...)
	v.cut()
	if len(v.line) > 0 {
		v.emit(v.line)
		v.line = nil
	}
}

// switchTo is what the script asks for with stdout-warning and its kin, from
// the next line on. The log knows no grades of ordinary output: verbose,
// highlight, wait and progress are shown like the rest.
func (v *voice) switchTo(mode string) {
	v.finish()
	v.ignored = mode == "ignore"
	switch mode {
	case "warning":
		v.stream = task.Warning
	case "error":
		v.stream = task.Stderr
	case "verbose", "highlight", "wait", "progress":
		v.stream = task.Stdout
	default:
		v.stream = v.usual
	}
}
