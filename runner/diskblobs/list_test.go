package diskblobs

import "testing"

func TestAbove(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"": "", "logs": "", "logs/": "logs/", "logs/d-1/t0": "logs/d-1/", "logs/d-1/t0/a.1/": "logs/d-1/t0/a.1/",
		"../": "", "logs/../": "", "/": "", ".unfinished/": "", "a//": "",
	} {
		if got := above(prefix); got != want {
			t.Errorf("above(%q) = %q, want %q", prefix, got, want)
		}
	}
}
