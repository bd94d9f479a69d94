package pretendhosts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines/task"
)

// command plays one line of a script. The commands that bash has too mean what
// they mean there, so that one text can be run by both:
//
//	echo TEXT            prints TEXT; with `>&2` behind it, to stderr
//	sleep 0.3            seconds, or a duration such as 300ms
//	seq 1 100            prints the numbers
//	exit 3               ends the script
//	set_octopusvariable NAME VALUE
//
// and these are its own:
//
//	err TEXT             prints TEXT to stderr
//	output NAME=VALUE    sets an output variable
//	die                  the host loses power: nobody can say how it ended
//
// Every other line is printed as it stands, so bash bodies do no harm.
func (p *player) command(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch verb {
	case "", "#":
	case "echo":
		p.echoed(rest)
	case "err":
		p.print(task.Stderr, unquote(rest))
	case "sleep":
		p.slept(line, rest)
	case "seq":
		p.counted(line, rest)
	case "exit":
		p.exited(line, rest)
	case "output":
		name, value, _ := strings.Cut(rest, "=")
		p.output(strings.TrimSpace(name), strings.TrimSpace(value))
	case "set_octopusvariable":
		name, value, _ := strings.Cut(rest, " ")
		p.output(unquote(name), unquote(strings.TrimSpace(value)))
	case "die":
		p.finish(task.Unknown, 0, "the host was restarted while the payload ran: look there what it has done, then say how the task ended")
	default:
		if !strings.HasPrefix(line, "#") {
			p.print(task.Stdout, line)
		}
	}
}

func (p *player) echoed(text string) {
	stream := task.Stdout
	if before, ok := strings.CutSuffix(text, ">&2"); ok {
		stream, text = task.Stderr, strings.TrimSpace(before)
	}
	p.print(stream, unquote(text))
}

func (p *player) slept(line, text string) {
	d, err := time.ParseDuration(text)
	if seconds, number := strconv.ParseFloat(text, 64); number == nil {
		d, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || d < 0 {
		p.print(task.Stdout, line)
		return
	}
	p.now = p.now.Add(d)
}

func (p *player) counted(line, text string) {
	const most = 1_000_000
	var from, to int
	if n, _ := fmt.Sscanf(text, "%d %d", &from, &to); n != 2 || to-from > most {
		p.print(task.Stdout, line)
		return
	}
	for i := from; i <= to; i++ {
		p.print(task.Stdout, strconv.Itoa(i))
	}
}

func (p *player) exited(line, text string) {
	code, err := strconv.Atoi(text)
	switch {
	case text == "" || err == nil && code == 0:
		p.finish(task.Succeeded, 0, "")
	case err != nil:
		p.print(task.Stdout, line)
	default:
		p.finish(task.Failed, code, fmt.Sprintf("script ended with exit code %d", code))
	}
}

// unquote takes away one pair of quotes around the whole text.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}
