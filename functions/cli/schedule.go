package cli

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"slipway/pipelines"
)

// startTime reads when a deployment is to start; the zone is this machine's.
func (p *program) startTime(c *cobra.Command, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if at, ok := pipelines.StartTime(text, p.now(), time.Local); ok {
		return &at, nil
	}
	return nil, misuse(c, "--at is a time like %s (by the clock here, where no zone is named), at some time to come; got %q", pipelines.StartForms, text)
}

// pastTime reads when something was: a time with its zone, one in UTC, as what
// happened is shown, or how long ago.
func (p *program) pastTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	if at, ok := pipelines.ZonelessTime(text, time.UTC); ok {
		return at, nil
	}
	var ago pipelines.Duration
	if err := ago.UnmarshalText([]byte(text)); err == nil && ago > 0 && text[0] != '+' {
		return p.now().Add(-time.Duration(ago)), nil
	}
	return time.Time{}, fmt.Errorf("--at is a time like 2026-03-01T12:30:00Z or '2026-03-01 12:30' (in UTC), or how long ago, like 10m; got %q", text)
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
