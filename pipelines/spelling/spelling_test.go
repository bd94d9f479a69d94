package spelling

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"b", "post-deploy", "Sign Off", "Deploy", strings.Repeat("x", 80)}
	for typed, want := range map[string]string{
		"Deplyo": "Deploy", "deploi": "Deploy", "postDeploy": "post-deploy", "post_deploy": "post-deploy", "SignOff": "Sign Off", "sing off": "Sign Off",
		"Announce": "", "": "", strings.Repeat("x", 79): "", "a": "", "x": "",
	} {
		if got := Nearest(typed, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}
