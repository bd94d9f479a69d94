package web

import (
	"context"
	"fmt"

	"slipway/runner/views"
	"slipway/web/pages"
)

const (
	lastLines   = 5   // that a script said before it failed
	lastHosts   = 3   // whose last lines are shown
	longestLast = 300 // characters of one of them
)

// withLastLines adds to the hosts where a step went wrong what was put out there
// last. The page is worth showing without.
func (s *site) withLastLines(ctx context.Context, d views.Deployment, all []pages.StepRecord) []pages.StepRecord {
	shown := 0
	for i := range all {
		if all[i].State != pages.Failed && all[i].State != pages.Unknown {
			continue
		}
		for j := range all[i].Hosts {
			h := &all[i].Hosts[j]
			if h.State != pages.Failed && h.State != pages.Unknown || shown == lastHosts {
				continue
			}
			shown++
			if err := s.lastLines(ctx, d, i, h); err != nil {
				s.Log.Error("last lines", "deployment", d.Deployment.ID, "step", i, "error", err)
			}
		}
	}
	return all
}

func (s *site) lastLines(ctx context.Context, d views.Deployment, step int, h *pages.HostRecord) error {
	for place, t := range d.Plan.Steps[step].Targets {
		if t.Name != h.Name {
			continue
		}
		of := views.Part{Step: step, Target: place}
		lines, _, _, err := s.Views.LastLines(ctx, d, of, lastLines)
		if err != nil || len(lines) == 0 {
			return err
		}
		n, err := s.Views.CountLines(ctx, d, of)
		if err != nil {
			return err
		}
		for _, l := range lines {
			h.Last = append(h.Last, shortened(l.Text, longestLast))
		}
		h.LastLine, h.LastPath = fmt.Sprintf("Line %s of its log", grouped(n)), fmt.Sprintf("%s#L%d", h.Path, n)
		return nil
	}
	return nil
}

// shortened cuts a text that is longer than most characters.
func shortened(text string, most int) string {
	if all := []rune(text); len(all) > most {
		return string(all[:most]) + "…"
	}
	return text
}
