package pages

import "testing"

// TestPaperSaysWhichLinesAreNotOnIt and where they are.
func TestPaperSaysWhichLinesAreNotOnIt(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]Log{
		"Lines 1 to 106 are not printed: all lines are at /log.txt": {Lines: []LogLine{{Number: 107}}, LogLinks: LogLinks{Raw: "/log.txt"}},
		"Line 1 is not printed: all lines are at /log.txt":          {Lines: []LogLine{{Number: 2}}, LogLinks: LogLinks{Raw: "/log.txt"}},
		"The lines before these are not printed.":                   {},
	} {
		if got := v.notPrinted(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}
