package cli

import (
	"bufio"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/web/rest"
)

func TestAskValue(t *testing.T) {
	t.Parallel()
	mode := pipelines.Prompt{Label: "The mode", Options: []string{"slow", "fast", "1"}}
	for _, c := range []struct {
		name, typed string
		asked       rest.Asked
		value       string
		given       bool
		says        string
	}{
		{"a text", "Hello there\n", rest.Asked{Name: "Title"}, "Hello there", true, "Title: "},
		{"nothing, where nothing is needed", "\n", rest.Asked{Name: "Title"}, "", false, "Title: "},
		{"nothing takes the proposal", "\n", rest.Asked{Name: "Title", Value: "Hi", Prompt: pipelines.Prompt{Required: true}}, "", false, "Title [Hi]: "},
		{"needed", "\n \nx", rest.Asked{Name: "Title", Prompt: pipelines.Prompt{Required: true, Description: "On top."}}, "x", true, "On top.\nTitle: Title is needed\nTitle: Title is needed\nTitle: "},
		{"an option by number", "4\n2\n", rest.Asked{Name: "Mode", Value: "slow", Prompt: mode}, "fast", true,
			"  1) slow\n  2) fast\n  3) 1\nThe mode [slow]: The mode is one of slow, fast, 1\nThe mode [slow]: "},
		{"an option whose text is a number", "1\n", rest.Asked{Name: "Mode", Prompt: mode}, "1", true, ""},
		{"several lines", "a\n\nb\n.\n", rest.Asked{Name: "Note", Prompt: pipelines.Prompt{Multiline: true}}, "a\n\nb", true, "end with a line of one dot"},
	} {
		var says strings.Builder
		p := &program{stderr: &says}
		value, given, err := p.askValue(bufio.NewReader(strings.NewReader(c.typed)), c.asked)
		if err != nil || value != c.value || given != c.given || !strings.Contains(says.String(), c.says) {
			t.Errorf("%s: askValue = %q, %v, %v with %q; want %q, %v with %q", c.name, value, given, err, says.String(), c.value, c.given, c.says)
		}
	}
	p := &program{stderr: &strings.Builder{}}
	if _, _, err := p.askValue(bufio.NewReader(strings.NewReader("")), rest.Asked{Name: "The Title", Prompt: pipelines.Prompt{Required: true}}); err == nil || !strings.Contains(err.Error(), "--value 'The Title=…'") {
		t.Errorf("where nobody answers: %v", err)
	}
}
