package replay

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Difference is one place where today's code decides otherwise.
type Difference struct {
	Revision int64     `json:"revision"`
	At       time.Time `json:"at"`
	Event    string    `json:"event"` // in words
	// Step and Target say of what; both empty: of the deployment.
	Step   string `json:"step,omitempty"`
	Target string `json:"target,omitempty"`
	Field  string `json:"field"`
	Stored string `json:"stored"`
	Now    string `json:"now"`

	words  bool // only worded otherwise
	counts bool // a count that follows from tasks
}

// Where says in words what differs.
func (d Difference) Where() string {
	switch {
	case d.Target != "":
		return "step " + d.Step + " on " + d.Target
	case d.Step != "":
		return "step " + d.Step
	}
	return "the deployment"
}

func (d Difference) String() string {
	switch d.Field {
	case "effects":
		return fmt.Sprintf("what followed was to %s, today it would be to %s", d.Stored, d.Now)
	case "events":
		return fmt.Sprintf("%s, today %s", d.Stored, d.Now)
	}
	return fmt.Sprintf("%s: %s was %s, today it would be %s", d.Where(), d.Field, d.Stored, d.Now)
}

// The words for what a state holds, by the names it is stored under.
var (
	headWords = map[string]string{
		"started": "its begin", "ended": "its end", "closed": "whether it is closed", "blocked": "whether its plan stops it", "cancel": "who cancelled it",
		"touched": "when it last touched a host", "worked": "how long it has worked", "since": "since when it works", "resumed": "who took it up again",
	}
	stepWords = map[string]string{
		"started": "its begin", "ended": "its end", "next": "tasks begun", "running": "tasks under way", "done": "tasks ended", "bad": "tasks ended badly",
		"warning": "its warning", "answer": "its answer", "approved": "those who approved", "round": "its round", "reminded": "reminders", "choices": "tasks that wait for a choice",
	}
	taskWords = map[string]string{
		"s": "status", "n": "attempt", "w": "its next attempt", "x": "whether it is to stop", "q": "what a person is asked about", "f": "attempts before it was taken up again",
		"c": "the choice", "e": "exit code", "m": "message", "o": "outputs", "b": "where its outputs lie", "i": "where it is installed", "g": "old installations that are gone",
	}
)

// valueText writes a stored value for people.
func valueText(raw json.RawMessage) string {
	var text string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "none"
	case json.Unmarshal(raw, &text) != nil:
		return string(raw)
	case text == "":
		return "none"
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return clock(at)
	}
	return text
}

func placeWord(p graph.Place) string {
	switch p {
	case graph.PlaceWanted:
		return "wanted"
	case graph.PlaceHeld:
		return "held"
	case graph.PlaceNone:
		return "given up"
	}
	return "none"
}

// clock writes a time as everywhere in a replay: in UTC, to the second.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// effectNames are effects by their ids, in words.
func effectNames(p plan.Plan, ids []string) string {
	if len(ids) == 0 {
		return "do nothing"
	}
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = effectName(p, id)
	}
	return several(words)
}

func effectName(p plan.Plan, id string) string {
	var number, attempt int
	kind, rest, _ := strings.Cut(id, "-")
	n, _ := fmt.Sscanf(rest, "%d-%d", &number, &attempt) // what does not fit stays as it is
	task := func() string {
		step, target := named(p, number)
		if target != "" {
			step += " on " + target
		}
		return fmt.Sprintf("%s (attempt %d)", step, attempt)
	}
	switch {
	case kind == "run" && n == 2:
		return "begin " + task()
	case kind == "stop" && n == 2:
		return "stop " + task()
	case kind == "mail" && n == 2:
		return "send the mail of " + task()
	case kind == "wake" && n == 2:
		return "wait before the next attempt of " + task()
	case kind == "choice" && n == 2:
		return "ask for a choice about " + task()
	case kind == "ask" && n >= 1 && number < len(p.Steps):
		return "ask people at " + p.Steps[number].Name
	case kind == "alarm":
		return "set the alarm " + alarmName(p, rest)
	case id == "finish":
		return "finish"
	}
	return id
}

func alarmName(p plan.Plan, name string) string {
	kind, step := graph.ReadAlarm(name)
	if step < 0 {
		return string(kind)
	}
	return string(kind) + " of " + stepName(p, step)
}

// several joins words, of many only the first ones.
func several(words []string) string {
	const most = 4
	if len(words) > most+1 {
		return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", len(words)-most)
	}
	return strings.Join(words, ", ")
}
