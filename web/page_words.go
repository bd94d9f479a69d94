package web

import (
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/web/pages"
)

// exactly is how every page writes an exact time.
const exactly = "2006-01-02 15:04:05 UTC"

// zone is named once a page; all times are shown in it.
const zone = "UTC"

// moment is a time as people say it, with the exact one beside it; nothing for
// no time.
func (s *site) moment(t time.Time) pages.Moment {
	if t.IsZero() {
		return pages.Moment{}
	}
	return pages.Moment{Text: ago(t.UTC(), s.Now().UTC()), Exact: t.UTC().Format(exactly)}
}

func (s *site) momentOf(t *time.Time) pages.Moment {
	if t == nil {
		return pages.Moment{}
	}
	return s.moment(*t)
}

// ago says how long before now t is, in the one word people would use.
func ago(t, now time.Time) string {
	since := now.Sub(t)
	switch {
	case since < -time.Minute:
		return "in " + span(-since)
	case since < 5*time.Second:
		return "just now"
	case since < time.Minute:
		return fmt.Sprintf("%d s ago", int(since/time.Second))
	case since < time.Hour:
		return fmt.Sprintf("%d min ago", int(since/time.Minute))
	case since < 12*time.Hour || sameDay(t, now):
		return fmt.Sprintf("%d h ago", int(since/time.Hour))
	case sameDay(t, now.AddDate(0, 0, -1)):
		return "yesterday"
	case since < 6*24*time.Hour:
		return t.Weekday().String()
	case t.Year() == now.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// span is a duration to come, roughly.
func span(d time.Duration) string {
	switch minutes, hours := d.Round(time.Minute), d.Round(time.Hour); {
	case minutes < time.Hour:
		return plural(int(minutes/time.Minute), "minute")
	case hours < 48*time.Hour:
		return plural(int(hours/time.Hour), "hour")
	}
	return plural(int(d.Round(24*time.Hour)/(24*time.Hour)), "day")
}

// took is how long something lasted: "12 s", "1 min 4 s", "2 h 5 min".
func took(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Second:
		return "under 1 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d/time.Second))
	case d < time.Hour:
		return parts(int(d/time.Minute), "min", int(d%time.Minute/time.Second), "s")
	case d < 24*time.Hour:
		return parts(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
	}
	return parts(int(d/(24*time.Hour)), "d", int(d%(24*time.Hour)/time.Hour), "h")
}

func parts(large int, unit string, small int, smallUnit string) string {
	if small == 0 {
		return fmt.Sprintf("%d %s", large, unit)
	}
	return fmt.Sprintf("%d %s %d %s", large, unit, small, smallUnit)
}

func between(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	return took(to.Sub(from))
}

// size is a number of bytes in three digits.
func size(n int64) string {
	const units = "kMGTP"
	if n < 1000 {
		return plural(int(n), "byte")
	}
	v, unit := float64(n), -1
	for v >= 999.5 {
		v, unit = v/1000, unit+1
	}
	if v < 9.95 {
		return fmt.Sprintf("%.1f %cB", v, units[unit])
	}
	return fmt.Sprintf("%.0f %cB", v, units[unit])
}

// plural is "1 host", "3 hosts", "1,204 lines".
func plural(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return grouped(n) + " " + word
}

func grouped(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// ordinal is "1st", "2nd", "3rd", "4th", "11th".
func ordinal(n int) string {
	end := "th"
	if n%100/10 != 1 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, end)
}

// anded is "a", "a and b", "a, b and c".
func anded(names []string) string { return joined(names, " and ") }

// ored is "a", "a or b", "a, b or c".
func ored(names []string) string { return joined(names, " or ") }

func joined(names []string, last string) string {
	n := len(names)
	if n < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:n-1], ", ") + last + names[n-1]
}

// toSentence makes one of a fragment: upper-case first letter, full stop.
func toSentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	// A name keeps its spelling: only a word of nothing but lower-case letters
	// begins a sentence of ours. The claim "iis site" is such a name.
	first, _, _ := strings.Cut(text, " ")
	if first != "iis" && strings.Trim(strings.TrimRight(first, ",:;.'s"), "abcdefghijklmnopqrstuvwxyz") == "" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if !strings.ContainsAny(text[len(text)-1:], ".!?:…") {
		text += "."
	}
	return text
}

// by says who made something, and how if nobody did.
func by(who, via string) string {
	if who == (pipelines.System("").Called) {
		if rest, ok := strings.CutPrefix(via, "trigger: "); ok {
			return "by itself, " + strings.TrimPrefix(rest, "package ")
		}
		if _, who, ok := strings.Cut(via, ", begun by "); ok {
			return "by itself, begun by " + who
		}
		if rest, ok := strings.CutPrefix(via, "lifecycle: release "); ok {
			return "by itself, release " + rest
		}
		return "by itself"
	}
	if who == "" {
		return ""
	}
	return "by " + who
}

// wayWords says how somebody came in, as people would.
func wayWords(via string) string {
	switch via {
	case "session":
		return "on the page"
	case "mail link", "mail link without code":
		return "by " + via
	case "api key":
		return "by API key"
	case "time":
		return "when the time was over"
	}
	return via
}

// stateOf is the shape, word and colour of a status.
func stateOf(status pipelines.Status) pages.State {
	switch status {
	case pipelines.Pending, pipelines.Queued:
		return pages.Queued
	case pipelines.Running:
		return pages.Running
	case pipelines.Cancelling:
		return pages.Cancelling
	case pipelines.Waiting:
		return pages.Waiting
	case pipelines.Succeeded:
		return pages.Succeeded
	case pipelines.Failed:
		return pages.Failed
	case pipelines.Skipped:
		return pages.Skipped
	case pipelines.Cancelled:
		return pages.Cancelled
	}
	return pages.Unknown
}

// typeWord is a step type as people say it.
func typeWord(name string) string {
	switch name {
	case "iis":
		return "IIS"
	case "nginx":
		return "NGINX"
	case "package":
		return "Package"
	case "approval":
		return "Approval"
	case "email":
		return "Mail"
	case "script":
		return "Script"
	}
	return name
}

// lastMoved is when something last happened to a deployment, as far as its
// record says.
func lastMoved(d pipelines.Deployment) time.Time {
	switch {
	case d.Finished != nil:
		return *d.Finished
	case d.Started != nil:
		return *d.Started
	}
	return d.Created
}
