package pipelines

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCommitsAsPeopleBringThem(t *testing.T) {
	t.Parallel()
	want := Commit{ID: "f00", Message: "Wrap", Link: "https://example.org/f00"}
	for _, text := range []string{
		`{"id": "f00", "message": "Wrap", "link": "https://example.org/f00", "author": null}`,
		`{"Id": "f00", "Comment": "Wrap", "LinkUrl": "https://example.org/f00"}`,
	} {
		var got Commit
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for text, says := range map[string]string{
		`{"id": "f00", "subject": "x"}`: `a commit has no "subject"`,
		`{"id": 7}`:                     `"id" of a commit is a text`,
		`{"ID": "f00"}`:                 `a commit has no "ID"`,
	} {
		var got Commit
		if err := json.Unmarshal([]byte(text), &got); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}
