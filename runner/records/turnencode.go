package records

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"slipway/runner/graph"
)

// A turn is the one thing that is written again and again, and half of what a
// turn costs is its JSON. So the text is put together here, byte for byte as
// encoding/json has it, which reads it. What is rare in a turn is left to
// encoding/json; a test holds both against each other, field by field.

// encodeTurn is encode for a turn.
func encodeTurn(t *Turn) []byte {
	o := object{text: make([]byte, 0, 1024+128*len(t.Head.Steps))}
	o.begin()
	o.name("format").int(int64(t.Format))
	o.name("revision").int(t.Revision)
	o.name("events")
	list(&o, t.Events, o.event)
	o.name("head")
	o.head(&t.Head)
	if len(t.Parts) > 0 {
		o.name("parts")
		o.parts(t.Parts)
	}
	if len(t.Effects) > 0 {
		o.name("effects")
		list(&o, t.Effects, func(id *string) { o.string(*id) })
	}
	o.count("snapshot", t.Snapshot)
	if len(t.Spent) > 0 {
		o.name("spent").value(t.Spent)
	}
	o.end()
	return o.text
}

func (o *object) event(e *graph.Event) {
	o.begin()
	o.name("id").string(e.ID)
	o.name("at").time(e.At)
	o.name("kind").string(graph.KindOf(e.Of))
	o.name("of")
	if r, ok := e.Of.(graph.TaskReported); ok {
		o.reported(&r)
	} else {
		o.value(e.Of)
	}
	o.end()
}

func (o *object) reported(r *graph.TaskReported) {
	o.begin()
	o.name("task").int(int64(r.Task))
	o.name("attempt").int(int64(r.Attempt))
	o.name("outcome").string(string(r.Outcome))
	o.count("exit", r.Exit)
	o.word("message", r.Message)
	if len(r.Outputs) > 0 {
		o.name("outputs").value(r.Outputs)
	}
	o.word("blob", r.Blob)
	o.words("long", r.Long)
	if r.Installed != nil {
		o.name("installed").value(r.Installed)
	}
	o.words("retired", r.Retired)
	o.end()
}

func (o *object) head(h *graph.Head) {
	o.begin()
	o.name("format").int(int64(h.Format))
	o.name("status").string(string(h.Status))
	o.word("message", h.Message)
	o.moment("started", h.Started)
	o.moment("ended", h.Ended)
	o.mark("closed", h.Closed)
	o.mark("blocked", h.Blocked)
	if h.Cancel != nil {
		o.name("cancel").value(h.Cancel)
	}
	o.name("steps")
	list(o, h.Steps, o.step)
	o.word("place", string(h.Place))
	o.moment("touched", h.Touched)
	o.count("worked", int(h.Worked))
	o.moment("since", h.Since)
	if len(h.Resumed) > 0 {
		o.name("resumed").value(h.Resumed)
	}
	o.count("dropped", h.Dropped)
	o.end()
}

func (o *object) step(s *graph.StepState) {
	o.begin()
	o.name("status").string(string(s.Status))
	o.word("message", s.Message)
	o.moment("started", s.Started)
	o.moment("ended", s.Ended)
	o.count("next", s.Next)
	o.count("running", s.Running)
	o.count("done", s.Done)
	o.count("bad", s.Bad)
	o.mark("warning", s.Warning)
	if s.Answer != nil {
		o.name("answer").value(s.Answer)
	}
	if len(s.Approved) > 0 {
		o.name("approved").value(s.Approved)
	}
	o.count("round", s.Round)
	o.count("reminded", s.Reminded)
	o.count("choices", s.Choices)
	o.end()
}

func (o *object) parts(parts map[int]graph.Part) {
	numbers := make([]string, 0, len(parts))
	for number := range parts {
		numbers = append(numbers, strconv.Itoa(number))
	}
	slices.Sort(numbers) // as texts
	o.begin()
	for _, name := range numbers {
		number, _ := strconv.Atoi(name)
		o.name(name).begin()
		o.name("tasks")
		list(o, parts[number].Tasks, o.task)
		o.end()
	}
	o.end()
}

func (o *object) task(x *graph.TaskState) {
	o.begin()
	o.word("s", string(x.Status))
	o.count("n", x.Attempt)
	o.moment("w", x.Wake)
	o.mark("x", x.Stop)
	o.word("q", string(x.Ask))
	o.count("f", x.From)
	if x.Chosen != nil {
		o.name("c").value(x.Chosen)
	}
	o.count("e", x.Exit)
	o.word("m", x.Message)
	if len(x.Outputs) > 0 {
		o.name("o").value(x.Outputs)
	}
	o.word("b", x.Blob)
	o.words("l", x.Long)
	if len(x.Installed) > 0 {
		o.name("i").value(x.Installed)
	}
	o.words("g", x.Retired)
	o.end()
}

// object is JSON while it is written. A member that may be left out is left out
// where it is empty: word, words, count, mark, moment.
type object struct {
	text []byte
	// A turn says the same few times again and again.
	last     time.Time
	lastText []byte
}

func (o *object) begin() { o.text = append(o.text, '{') }
func (o *object) end()   { o.text = append(o.text, '}') }

// name begins a member; its value follows. Names are plain.
func (o *object) name(name string) *object {
	if o.text[len(o.text)-1] != '{' {
		o.text = append(o.text, ',')
	}
	o.text = append(o.text, '"')
	o.text = append(o.text, name...)
	o.text = append(o.text, '"', ':')
	return o
}

func (o *object) word(name, value string) {
	if value != "" {
		o.name(name).string(value)
	}
}

func (o *object) words(name string, values []string) {
	if len(values) > 0 {
		o.name(name).value(values)
	}
}

func (o *object) count(name string, n int) {
	if n != 0 {
		o.name(name).int(int64(n))
	}
}

func (o *object) mark(name string, yes bool) {
	if yes {
		o.name(name)
		o.text = append(o.text, "true"...)
	}
}

func (o *object) moment(name string, at time.Time) {
	if !at.IsZero() {
		o.name(name).time(at)
	}
}

func (o *object) int(n int64) { o.text = strconv.AppendInt(o.text, n, 10) }

func (o *object) string(s string) {
	if !plain(s) {
		o.value(s)
		return
	}
	o.text = append(o.text, '"')
	o.text = append(o.text, s...)
	o.text = append(o.text, '"')
}

// plain says whether a text stands in JSON as it is.
func plain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

func (o *object) time(at time.Time) {
	if at == o.last && o.lastText != nil {
		o.text = append(o.text, o.lastText...)
		return
	}
	from := len(o.text)
	text, err := at.AppendText(append(o.text, '"'))
	if err != nil {
		panic(fmt.Sprintf("the time %v cannot be stored: %v", at, err))
	}
	o.text = append(text, '"')
	o.last, o.lastText = at, o.text[from:]
}

// value is anything at all.
func (o *object) value(v any) { o.text = append(o.text, encode(v)...) }

func list[T any](o *object, all []T, each func(*T)) {
	if all == nil {
		o.text = append(o.text, "null"...)
		return
	}
	o.text = append(o.text, '[')
	for i := range all {
		if i > 0 {
			o.text = append(o.text, ',')
		}
		each(&all[i])
	}
	o.text = append(o.text, ']')
}
