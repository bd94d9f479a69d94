package graph

import (
	"encoding/json"
	"fmt"
	"time"
)

// kinds are the stored names of happenings. Added to, never renamed.
var kinds = map[string]func() Happening{
	"started":       func() Happening { return &Started{} },
	"task-reported": func() Happening { return &TaskReported{} },
	"answered":      func() Happening { return &Answered{} },
	"mailed":        func() Happening { return &Mailed{} },
	"timer-rang":    func() Happening { return &TimerRang{} },
	"cancel-asked":  func() Happening { return &CancelAsked{} },
	"closed":        func() Happening { return &Closed{} },
	"placed":        func() Happening { return &Placed{} },
	"alarm-rang":    func() Happening { return &AlarmRang{} },
	"superseded":    func() Happening { return &Superseded{} },
	"decided":       func() Happening { return &Decided{} },
	"resumed":       func() Happening { return &Resumed{} },
}

// KindOf is the stored name of what happened.
func KindOf(h Happening) string {
	switch h.(type) {
	case Started:
		return "started"
	case TaskReported:
		return "task-reported"
	case Answered:
		return "answered"
	case Mailed:
		return "mailed"
	case TimerRang:
		return "timer-rang"
	case CancelAsked:
		return "cancel-asked"
	case Closed:
		return "closed"
	case Placed:
		return "placed"
	case AlarmRang:
		return "alarm-rang"
	case Superseded:
		return "superseded"
	case Decided:
		return "decided"
	case Resumed:
		return "resumed"
	}
	return ""
}

type storedEvent struct {
	ID   string          `json:"id"`
	At   time.Time       `json:"at"`
	Kind string          `json:"kind"`
	Of   json.RawMessage `json:"of"`
}

// MarshalJSON writes the event with the name of its kind.
func (e Event) MarshalJSON() ([]byte, error) {
	of, err := json.Marshal(e.Of)
	if err != nil {
		return nil, err
	}
	return json.Marshal(storedEvent{e.ID, e.At, KindOf(e.Of), of})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Event) UnmarshalJSON(b []byte) error {
	var s storedEvent
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	empty, ok := kinds[s.Kind]
	if !ok {
		return fmt.Errorf("event %s is of the kind %q, which this program does not know", s.ID, s.Kind)
	}
	h := empty()
	if err := json.Unmarshal(s.Of, h); err != nil {
		return err
	}
	*e = Event{ID: s.ID, At: s.At, Of: value(h)}
	return nil
}

// value turns the pointer that was decoded into the value the rest works with.
func value(h Happening) Happening {
	switch h := h.(type) {
	case *Started:
		return *h
	case *TaskReported:
		return *h
	case *Answered:
		return *h
	case *Mailed:
		return *h
	case *TimerRang:
		return *h
	case *CancelAsked:
		return *h
	case *Closed:
		return *h
	case *Placed:
		return *h
	case *AlarmRang:
		return *h
	case *Superseded:
		return *h
	case *Decided:
		return *h
	case *Resumed:
		return *h
	}
	return h
}
