package scripts

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
)

// kept is a log in memory.
type kept struct{ lines []string }

func (k *kept) Add(stream task.Stream, text string) {
	k.lines = append(k.lines, string(stream)+": "+text)
}
func (k *kept) Flush() {}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestServiceMessages(t *testing.T) {
	t.Parallel()
	set := "##octopus[setVariable name='" + b64("N") + "' value=\"" + b64("a\nb") + "\"]"
	for _, tt := range []struct {
		name    string
		out     string
		lines   []string
		outputs map[string]string
		message string
	}{
		{"alone", "a\n" + set + "\nb\n", []string{"out: a", "out: b"}, map[string]string{"N": "a\nb"}, ""},
		{"in a line", "x " + set + " dropped\nb", []string{"out: x ", "out: b"}, map[string]string{"N": "a\nb"}, ""},
		{"over lines", strings.Replace(set, " value", "\r\n value", 1) + "\nb\n", []string{"out: b"}, map[string]string{"N": "a\nb"}, ""},
		{"no value", "##octopus[setVariable name='" + b64("N") + "']\n", nil, map[string]string{"N": ""}, ""},
		{"unknown", "##octopus[dance step='" + b64("x") + "']\nb\n", []string{"note: the script sent the message dance, which has no effect here", "out: b"}, nil, ""},
		{"unreadable", "##octopus[setVariable name=N]\nb\n", []string{"out: b"}, nil, ""},
		{"never closed", "a\n##octopus[setVariable", []string{"out: a", "out: ##octopus[setVariable"}, nil, ""},
		{"looks like one", "##octo ##octopus\n", []string{"out: ##octo ##octopus"}, nil, ""},
		{"modes", "##octopus[stdout-warning]\nw\n##octopus[stdout-ignore]\ni\n##octopus[stdout-error]\ne\n##octopus[stdout-default]\no\n", []string{"warning: w", "err: e", "out: o"}, nil, ""},
		{"reason", "##octopus[resultMessage message='" + b64("no topsecret") + "']\n", nil, nil, "no ********"},
		{"mask", "##octopus[mask value='" + b64("later") + "']\nsay later\n", []string{"out: say ********"}, nil, ""},
		{"secret in output", "##octopus[setVariable name='" + b64("N") + "' value='" + b64("topsecret") + "']\n",
			[]string{"warning: the value of output variable N holds a secret and is passed on masked: set it with -sensitive to pass it on whole"}, map[string]string{"N": "********"}, ""},
		{"secret in the name of an output", "##octopus[setVariable name='" + b64("N of topsecret") + "' value='" + b64("x") + "']\n",
			[]string{"warning: the name of output variable N of ******** holds a secret and is passed on masked: give it a name without one"}, map[string]string{"N of ********": "x"}, ""},
		{"carriage returns", "a\r\nb\r\n", []string{"out: a", "out: b"}, nil, ""},
		{"empty lines", "\n\na", []string{"out: ", "out: ", "out: a"}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, piece := range []int{1, 2, 7, 1000} {
				log := &kept{}
				s := newSpeech(masking.New("topsecret"), log, "/somewhere")
				for chunk := range slices.Chunk([]byte(tt.out), piece) {
					s.write(task.Stdout, chunk)
				}
				s.finish()
				got := s.result(0)
				if !slices.Equal(log.lines, tt.lines) || !maps.Equal(got.Outputs, tt.outputs) || got.Message != tt.message {
					t.Errorf("in pieces of %d: %q %q %q, want %q %q %q", piece, log.lines, got.Outputs, got.Message, tt.lines, tt.outputs, tt.message)
				}
			}
		})
	}
}

func TestLongLineIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	log := &kept{}
	s := newSpeech(masking.New(), log, "")
	text := strings.Repeat("€", 100_000)
	for chunk := range slices.Chunk([]byte(text), 1000) {
		s.write(task.Stderr, chunk)
	}
	s.finish()
	var all strings.Builder
	for _, line := range log.lines {
		all.WriteString(strings.TrimPrefix(line, "err: "))
	}
	if all.String() != text || len(log.lines) < 2 || strings.ContainsRune(strings.ToValidUTF8(log.lines[0], "\uFFFD"), '\uFFFD') {
		t.Errorf("%d lines, %d bytes, want the text in several whole pieces", len(log.lines), all.Len())
	}
}
