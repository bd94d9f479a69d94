package conventions

import (
	"slices"
	"strings"
	"testing"

	"slipway/runner/executor/scripts"
)

func TestShownName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, want string }{
		{"The report (1).html", "The report (1).html"},
		{"Übersicht/März.csv", "Übersicht/März.csv"},
		{"a\nb\x1b[2J\x00", "a?b?[2J?"},
		{"\xff.txt", "?.txt"},
		{strings.Repeat("x", mostName+1), strings.Repeat("x", mostName) + "…"},
		{strings.Repeat("ä", mostName), strings.Repeat("ä", mostName/2) + "…"},
	} {
		if got := shownName(tt.name); got != tt.want {
			t.Errorf("shownName(%.40q) = %.40q, want %.40q", tt.name, got, tt.want)
		}
	}
}

// A script that announces files without end is told so once.
func TestHowManyArtifactsAreKept(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "new"})
	b.write("file", "kept")
	a := &attempt{Job: b.job}
	a.keep(slices.Repeat([]scripts.Artifact{{Path: b.path("file"), Name: "file"}}, mostKept+20))
	done := a.done
	if len(done.Artifacts) != mostKept || strings.Count(b.log.all(), "20 artifacts are not kept") != 1 {
		t.Errorf("%d are kept, want %d", len(done.Artifacts), mostKept)
	}
}
