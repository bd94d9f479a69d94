package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// startTime reads when a deployment is to start: a time with its zone, one of
// this machine's zone, or how long from now on.
func (p *program) startTime(c *cobra.Command, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if ahead, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(ahead)
		if err != nil || d <= 0 {
			return nil, misuse(c, "--at +TIME is how long from now on, like +2h or +90m; got %q", text)
		}
		at := p.now().Add(d)
		return &at, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return &at, nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(form, text, time.Local); err == nil {
			return &at, nil
		}
	}
	return nil, misuse(c, "--at is a time like 2026-03-01T22:00:00Z, '2026-03-01 22:00' (as the clock here shows it) or +2h; got %q", text)
}

// when says a moment that is to come, as the clock here will show it.
func (p *program) when(t time.Time) string {
	text := t.Local().Format("2006-01-02 15:04 MST")
	if d := t.Sub(p.now()); d > 0 {
		text += " (in " + rough(d) + ")"
	}
	return text
}

// rough is a duration as one says it.
func rough(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d.Round(time.Minute) < 2*time.Hour:
		return count(int(d.Round(time.Minute).Minutes())) + " min"
	case d.Round(time.Hour) <= 48*time.Hour:
		return count(int(d.Round(time.Hour).Hours())) + " h"
	}
	return count(int(d.Round(24*time.Hour).Hours()/24)) + " days"
}

func count(n int) string { return strconv.Itoa(n) }
