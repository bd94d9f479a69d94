package cli

import "testing"

// Two files of one name must not be in each other's way.
func TestUnmade(t *testing.T) {
	t.Parallel()
	made := map[string]bool{}
	for _, tt := range []struct{ file, want string }{
		{"out/web-1/report.html", "out/web-1/report.html"},
		{"out/web-2/report.html", "out/web-2/report.html"},
		{"out/web-1/report.html", "out/web-1/report-2.html"},
		{"out/web-1/Report.html", "out/web-1/Report-3.html"},
		{"out/web-1/log", "out/web-1/log"},
		{"out/web-1/log", "out/web-1/log-2"},
	} {
		if got := unmade(tt.file, made); got != tt.want {
			t.Errorf("unmade(%s) = %s, want %s", tt.file, got, tt.want)
		}
	}
}
