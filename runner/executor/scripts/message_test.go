package scripts

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

func TestFormatMessageIsReadAgain(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "plain", "'\"<&>]", "a\r\n\nb", "Grüße 😀", strings.Repeat("long ", 5000)} {
		written := FormatMessage("name", Parameter{"Key", &value}, Parameter{"none", nil})
		want := []Message{{"name", map[string]string{"key": value}}}
		if got := ReadMessages(written); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %q, want %q", written, got, want)
		}
	}
}

func TestLongestMessage(t *testing.T) {
	t.Parallel()
	open := "##octopus[x a='"
	var text int
	s := splitter{text: func(b []byte) { text += len(b) }, message: func(Message, []byte) {}}
	s.write([]byte(open))
	for range longestMessage / 1000 * 3 {
		s.write([]byte(strings.Repeat("A", 1000)))
		if len(s.held) > longestMessage+1000 {
			t.Fatalf("%d bytes are held", len(s.held))
		}
	}
	if text < longestMessage {
		t.Errorf("%d bytes were passed on, want what has no end", text)
	}
}

// FuzzSplitter: however the stream is cut, the same messages and the same text
// come out.
func FuzzSplitter(f *testing.F) {
	f.Add("a ##octopus[x y='QQ==' z=\"Qg==\"] b\n##octopus[\nw]c\n##octo", uint8(3))
	f.Add("##octopus[x &#65;='&amp;'/><!--]##octopus[", uint8(1))
	f.Fuzz(func(t *testing.T, printed string, piece uint8) {
		type heard struct {
			text     string
			messages []Message
		}
		listen := func(size int) heard {
			var h heard
			s := splitter{
				text:    func(b []byte) { h.text += string(b) },
				message: func(m Message, _ []byte) { h.messages = append(h.messages, m) },
			}
			for rest := printed; rest != ""; {
				n := min(size, len(rest))
				s.write([]byte(rest[:n]))
				rest = rest[n:]
			}
			s.finish()
			return h
		}
		whole, cut := listen(len(printed)+1), listen(int(piece)+1)
		if !reflect.DeepEqual(whole, cut) {
			t.Errorf("%q in pieces of %d: %q, want %q", printed, piece, cut, whole)
		}
		for _, m := range whole.messages {
			if m.Name == "" || strings.Contains(m.Name, "\n") {
				t.Errorf("%q has a message %q", printed, m)
			}
			for key := range maps.Keys(m.Values) {
				if key == "" {
					t.Errorf("%q has a value without a key", printed)
				}
			}
		}
	})
}
