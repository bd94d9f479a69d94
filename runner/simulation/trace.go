package simulation

import (
	"fmt"
	"strings"
)

// trace is what happened in a run, one line each. It is kept where somebody
// will read it.
type trace struct {
	keep  bool
	lines []string
}

func (t *trace) add(r *run, format string, args ...any) {
	if t.keep {
		t.lines = append(t.lines, t.begin(r)+fmt.Sprintf(format, args...))
	}
}

func (t *trace) begin(r *run) string {
	since := r.sched.now.Sub(startTime)
	who := "-"
	if x := r.sched.current; x != nil {
		who = x.name
		if x.of != nil {
			who = fmt.Sprintf("%s%d/%s", x.of.role, x.of.id, x.name)
		}
		who = fmt.Sprintf("%s#%d", who, x.id)
	}
	hours := int(since.Hours())
	rest := since.Milliseconds() % 3_600_000
	return fmt.Sprintf("%4d:%02d:%06.3f  %-28s ", hours, rest/60_000, float64(rest%60_000)/1000, who)
}

// call is a line for a point.
func (t *trace) call(r *run, what, about string, f Fault) {
	if !t.keep {
		return
	}
	line := fmt.Sprintf("[%d] %s %s", r.faults.points-1, what, about)
	if f.Kind != 0 {
		line += "   <== " + strings.TrimPrefix(f.String(), fmt.Sprintf("%d:", f.Point))
	}
	t.lines = append(t.lines, t.begin(r)+line)
}

// words are what a point is about, where somebody will read it.
func (r *run) words(all ...string) string {
	if !r.log.keep {
		return ""
	}
	return strings.Join(all, " ")
}
