package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// answer prints a server's answer: as JSON, or by text as people read it.
func (p *program) answer(v any, text func()) error {
	if !p.json {
		text()
		return nil
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s\n", b)
	return err
}

// done says what became of the one thing of this name.
func (p *program) done(what, name, format string, args ...any) error {
	return p.answer(map[string]string{what: name}, func() { p.say(format, args...) })
}

// say prints one line for people.
func (p *program) say(format string, args ...any) { fmt.Fprintf(p.stdout, format+"\n", args...) }

// colours says whether stdout may be coloured.
func (p *program) colours() bool {
	if _, off := p.env("NO_COLOR"); off {
		return false
	}
	if kind, _ := p.env("TERM"); kind == "dumb" {
		return false
	}
	return isTerminal(p.stdout)
}

// cell is one cell of a table, or one piece of a line.
type cell struct {
	text string
	ink  string // an SGR code, or ""
}

func plain(text string) cell { return cell{text: text} }

func (p *program) ink(c cell) string {
	if c.ink == "" || !p.colours() {
		return c.text
	}
	return "\x1b[" + c.ink + "m" + c.text + "\x1b[0m"
}

// table prints rows in aligned columns, two spaces between them.
func (p *program) table(rows [][]cell) {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			row[i].text = strings.Map(inLine, c.text)
			c = row[i]
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, c := range row {
			b.WriteString(p.ink(c))
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)+2))
			}
		}
		_, _ = io.WriteString(p.stdout, strings.TrimRight(b.String(), " ")+"\n")
	}
}

// fit shortens a column, so that rows fit into the terminal; whole it stays where
// nobody looks at a terminal.
func (p *program) fit(rows [][]cell, column int) {
	if width := terminalWidth(p.stdout); width > 0 {
		shorten(rows, column, width)
	}
}

// leastShown is what is left of a column in the narrowest terminal.
const leastShown = 16

func shorten(rows [][]cell, column, width int) {
	widths := map[int]int{}
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	room := width + 2
	for i, w := range widths {
		if room -= 2; i != column {
			room -= w
		}
	}
	room = max(room, leastShown)
	for _, row := range rows {
		if column >= len(row) {
			continue
		}
		if text := []rune(row[column].text); len(text) > room {
			row[column].text = strings.TrimRight(string(text[:room-1]), " ,;:") + "…"
		}
	}
}

// heading is the first row of a table.
func heading(names ...string) []cell {
	row := make([]cell, len(names))
	for i, n := range names {
		row[i] = cell{n, "1"}
	}
	return row
}

// ago says when something was, as a person would.
func (p *program) ago(t time.Time) string {
	switch d := p.now().Sub(t); {
	case t.IsZero():
		return ""
	case d < 10*time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	case d < 60*24*time.Hour:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
	return t.Format("2006-01-02")
}

// lasted writes a duration with as much detail as matters.
func lasted(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// bytesOf writes a size.
func bytesOf(n int64) string {
	units := []string{"KB", "MB", "GB", "TB"}
	if n < 1000 {
		return fmt.Sprintf("%d bytes", n)
	}
	v, unit := float64(n)/1000, 0
	for v >= 1000 && unit < len(units)-1 {
		v, unit = v/1000, unit+1
	}
	return fmt.Sprintf("%.1f %s", v, units[unit])
}
