package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/pipelines"
)

// startTime reads when a deployment is to start: a time with its zone, one of
// this machine's zone, or how long from now on.
func (p *program) startTime(c *cobra.Command, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if ahead, ok := strings.CutPrefix(text, "+"); ok {
		var d pipelines.Duration
		if err := d.UnmarshalText([]byte(ahead)); err != nil || d <= 0 {
			return nil, misuse(c, "--at +TIME is how long from now on, like +2h, +90m or +3d; got %q", text)
		}
		at := p.now().Add(time.Duration(d))
		return &at, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return &at, nil
	}
	if at, ok := zonelessTime(text, time.Local); ok {
		return &at, nil
	}
	return nil, misuse(c, "--at is a time like 2026-03-01T22:00:00Z, '2026-03-01 22:00' (as the clock here shows it) or +2h; got %q", text)
}

// pastTime reads when something was: a time with its zone, one in UTC, as what
// happened is shown, or how long ago.
func (p *program) pastTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	if at, ok := zonelessTime(text, time.UTC); ok {
		return at, nil
	}
	var ago pipelines.Duration
	if err := ago.UnmarshalText([]byte(text)); err == nil && ago > 0 && text[0] != '+' {
		return p.now().Add(-time.Duration(ago)), nil
	}
	return time.Time{}, fmt.Errorf("--at is a time like 2026-03-01T12:30:00Z or '2026-03-01 12:30' (in UTC), or how long ago, like 10m; got %q", text)
}

// zonelessTime reads a time that is written without its zone.
func zonelessTime(text string, zone *time.Location) (time.Time, bool) {
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

const whenClock = "2006-01-02 15:04 MST"

// when says a moment that is to come, as the clock here will show it.
func (p *program) when(t time.Time) string {
	text := t.Local().Format(whenClock)
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
