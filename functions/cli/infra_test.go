package cli

import (
	"encoding/json"
	"testing"

	"slipway/infra"
)

func TestInfraPrint(t *testing.T) {
	t.Parallel()
	s := &person{t: t}
	if got := s.types("infra", "print"); got.code != 0 || got.out != string(infra.Template()) {
		t.Errorf("infra print: code %d, %d bytes, want the template's %d", got.code, len(got.out), len(infra.Template()))
	}
	var asked struct{ Template string }
	got := s.types("infra", "print", "--json")
	if err := json.Unmarshal([]byte(got.out), &asked); err != nil || asked.Template != string(infra.Template()) {
		t.Errorf("infra print --json: code %d, %v", got.code, err)
	}
	s.types("infra", "print", "more").want(t, "too many words", codeUsage)
}
