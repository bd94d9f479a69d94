package replay

import (
	"time"

	"slipway/runner/graph"
)

// Value is what a variable was in a step, and from where.
type Value struct {
	Name string `json:"name"`
	// Value is the text as it was frozen; of a secret there is only Secret, the
	// reference to it.
	Value  string `json:"value"`
	Secret string `json:"secret,omitempty"`
	// Comes is what the text came to, where it holds `#{…}` and all of it is known;
	// else Open says what is not.
	Comes string `json:"comes,omitempty"`
	Open  string `json:"open,omitempty"`
	From  string `json:"from"`
	// Revision and At are of the event that brought it; 0 where the plan has it.
	Revision int64     `json:"revision,omitempty"`
	At       time.Time `json:"at,omitzero"`
	// Hidden are values of the same name that this one goes before.
	Hidden []Value `json:"hidden,omitempty"`
	// Elsewhere says why the value is not here, if it is not.
	Elsewhere string `json:"elsewhere,omitempty"`
}

func (v Value) text() string {
	switch {
	case v.Secret != "":
		return "the secret " + v.Secret
	case v.Elsewhere != "":
		return v.Elsewhere
	case v.Comes != "":
		return `"` + v.Comes + `"`
	}
	return `"` + v.Value + `"`
}

// ValueOf says which value a name had in a step, on a target of it where that is
// not "". Outputs of other steps are those that were there when the step's
// newest attempt began, or those of now if none has.
func ValueOf(j Journal, name, step, target string) (Value, error) {
	at, place, err := find(j.Plan, step, target)
	if err != nil {
		return Value{}, err
	}
	began, state, err := whenBegan(j, at, place)
	if err != nil {
		return Value{}, err
	}
	view := lookup{plan: j.Plan, state: state, of: at, place: place, outputs: j.Outputs, when: whens(j, began), given: j.Deployment.Values, by: j.Deployment.CreatedBy}
	v, ok := view.find(name)
	if !ok {
		return Value{}, view.unknown(name)
	}
	return v, nil
}

// whenBegan is the newest event upon which the step, or its task there, began,
// and the state in which it did; nil and the newest state if it never did.
func whenBegan(j Journal, at, place int) (*Moment, graph.State, error) {
	var found *Moment
	state := graph.Begin(j.Plan)
	err := Walk(j, func(m Moment) {
		state = m.After
		for _, e := range m.Effects {
			step, number := begins(e.Do)
			if step == at && (place < 0 || number == j.Plan.Steps[at].First+place) {
				found = &m
			}
		}
	})
	if found != nil {
		state = found.After
	}
	return found, state, err
}

func begins(w graph.Work) (step, number int) {
	switch w := w.(type) {
	case graph.RunTask:
		return w.Step, w.Task
	case graph.SendMail:
		return w.Step, w.Task
	case graph.AskPeople:
		return w.Step, -1
	}
	return -1, -1
}

// whens are the events that brought the outputs of each task, and the answer of
// each question, up to a moment.
func whens(j Journal, upTo *Moment) map[int]Past {
	out := map[int]Past{}
	for i := range j.Turns {
		t := &j.Turns[i]
		for n, e := range t.Events {
			if upTo != nil && (t.Revision > upTo.Turn.Revision || t.Revision == upTo.Turn.Revision && n >= upTo.Event) {
				return out
			}
			past := Past{Revision: t.Revision, At: e.At}
			switch h := e.Of.(type) {
			case graph.TaskReported:
				out[h.Task] = past
			case graph.Answered:
				if h.Step >= 0 && h.Step < len(j.Plan.Steps) {
					out[j.Plan.Steps[h.Step].First] = past
				}
			}
		}
	}
	return out
}
