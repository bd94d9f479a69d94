package pages

import (
	"fmt"
	"strings"
)

// mostDots is how many hosts are drawn one by one.
const mostDots = 20

// dot is one host within a node.
type dot struct {
	X     int
	State State
	Title string
}

// segment is a run of hosts in one state within a node.
type segment struct {
	X, W  int
	State State
	Title string
}

// hostPicture draws each host as a dot, or, when they are many, all of them as a bar
// with a part for each state.
func hostPicture(hosts []GraphHost, width int) ([]dot, []segment, string) {
	if len(hosts) > mostDots {
		bar := hostBar(hosts, width)
		return nil, bar, fmt.Sprintf("%d of %d hosts", countOver(hosts), len(hosts))
	}
	var dots []dot
	step := 14
	if len(hosts) > 1 {
		step = min(step, (width-10)/(len(hosts)-1))
	}
	for i, h := range hosts {
		dots = append(dots, dot{X: i * step, State: h.State, Title: h.Name + ": " + h.State.Word()})
	}
	return dots, nil, ""
}

// barOrder puts what is over first, so that the bar fills from the left.
var barOrder = []State{Succeeded, Failed, Unknown, Cancelled, Skipped, Running, Waiting, Queued}

func hostBar(hosts []GraphHost, width int) []segment {
	count := map[State]int{}
	for _, h := range hosts {
		count[State(h.State.shape())]++
	}
	var bar []segment
	before, x := 0, 0
	for _, s := range barOrder {
		if count[s] == 0 {
			continue
		}
		before += count[s]
		end := max(before*width/len(hosts), x+3) // even one failed host of thousands shows
		bar = append(bar, segment{X: x, W: end - x, State: s, Title: fmt.Sprintf("%d %s", count[s], strings.ToLower(s.Word()))})
		x = end
	}
	return bar
}

func isOver(s State) bool { return s != Queued && s != Running && s != Waiting }

func countOver(hosts []GraphHost) int {
	over := 0
	for _, h := range hosts {
		if isOver(h.State) {
			over++
		}
	}
	return over
}

// look is the class of a node's state.
func (n node) look() string {
	if n.Plain {
		return "is-plain"
	}
	return "is-" + n.State.shape()
}

// says is the node in words, for those who do not see it.
func (n node) says() string {
	parts := []string{n.Name}
	switch {
	case n.Plain && n.Note != "":
		parts = append(parts, n.Note)
	case n.Plain:
	case n.Note != "" && n.State == Waiting: // as it is read in the picture, for who says what to press
		parts = append(parts, n.Note, n.State.Word())
	case n.Note != "":
		parts = append(parts, n.State.Word(), n.Note)
	default:
		parts = append(parts, n.State.Word())
	}
	if len(n.Hosts) > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d hosts finished", countOver(n.Hosts), len(n.Hosts)))
	}
	return strings.Join(parts, ", ")
}

// hint shows on hover what a node has no room for.
func (n node) hint() string {
	text := n.Name + " (" + n.Type + ")"
	if n.cut() {
		text += ": " + n.fullNote()
	}
	return text
}

// noteLine is the note as far as it fits beneath the name, in whole words: what is
// read must be part of what is said.
func (n node) noteLine() string {
	if !n.cut() {
		return n.fullNote()
	}
	full := []rune(n.fullNote())
	line := string(full[:n.noteRoom()-1])
	if at := strings.LastIndexByte(line, ' '); at > 0 && full[n.noteRoom()-1] != ' ' {
		line = line[:at]
	}
	return strings.TrimRight(line, " ,:;·") + "…"
}

// noteLines are the note: who decided, and in a picture of a process all of them, on
// up to two lines.
func (n node) noteLines() []string {
	if !n.roomy() {
		return []string{n.noteLine()}
	}
	return breakName(n.fullNote(), n.noteRoom())
}

// roomy says that a note may take two lines. What changes while a step runs may
// not: the page would jump.
func (n node) roomy() bool {
	return n.Plain || strings.HasPrefix(n.Note, "approved by ") || strings.HasPrefix(n.Note, "rejected by ")
}

func (n node) cut() bool {
	if n.roomy() {
		return strings.Join(n.noteLines(), " ") != strings.Join(strings.Fields(n.fullNote()), " ")
	}
	return len([]rune(n.fullNote())) > n.noteRoom()
}

// noteRoom is how many letters of a note fit into the node, nearly.
func (n node) noteRoom() int { return (n.W - n.textLeft() - 8) / 7 }

// fullNote is the state's word with what more there is to say.
func (n node) fullNote() string {
	if n.Plain {
		return n.Note
	}
	if n.Note == "" {
		return n.State.Word()
	}
	if n.State == Waiting {
		return n.Note // "waits for …" says the state already
	}
	return n.State.Word() + " · " + n.Note
}
