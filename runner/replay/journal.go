package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Format is the newest form of a journal that this code writes and reads.
const Format = 1

// Journal is a deployment with its plan and all its turns, the oldest first.
type Journal struct {
	Deployment pipelines.Deployment
	Plan       plan.Plan
	// Newest is the revision of the newest turn when the journal was taken.
	Newest int64
	Turns  []Turn
	// Outputs are what tasks have set that lies outside of the turns, by the name
	// that the state gives it; only where it was asked for. What is sensitive is
	// never among them.
	Outputs map[string]map[string]string
}

// Turn is one revision: what happened, and what it changed. Of the steps and
// the tasks it holds those that are not as they were a turn before, so that a
// journal stays small however long it is.
type Turn struct {
	Format   int                     `json:"format"`
	Revision int64                   `json:"revision"`
	Events   []graph.Event           `json:"events"`
	Head     graph.Head              `json:"head"` // without its steps
	Steps    map[int]graph.StepState `json:"steps,omitempty"`
	Tasks    map[int]graph.TaskState `json:"tasks,omitempty"`
	Effects  []string                `json:"effects,omitempty"`
}

// turnFormat is the newest form of a stored turn that is understood.
const turnFormat = 1

// Page is a piece of a journal, as it goes over a wire; one piece of all is a
// file. Plan and turns are read one by one, so that what is wrong can be named.
type Page struct {
	Format     int                          `json:"format"`
	Deployment pipelines.Deployment         `json:"deployment"`
	Plan       json.RawMessage              `json:"plan,omitempty"` // in the first piece
	Newest     int64                        `json:"newest"`
	Turns      []json.RawMessage            `json:"turns"`
	Outputs    map[string]map[string]string `json:"outputs,omitempty"`
	// Next is the revision after which the next piece begins; 0 if this is the last.
	Next int64 `json:"next,omitempty"`
}

// Add puts the next piece behind those that are there.
func (j *Journal) Add(p Page) error {
	if p.Format > Format {
		return newer("this journal", p.Format, Format)
	}
	if j.Plan.Format == 0 {
		if len(p.Plan) == 0 {
			return damaged("it has no plan")
		}
		decoded, err := plan.Decode(p.Plan)
		if err != nil {
			return refused(err, "its plan cannot be read: %v")
		}
		j.Plan = decoded
	}
	j.Deployment, j.Newest = p.Deployment, p.Newest
	for _, raw := range p.Turns {
		if err := j.addTurn(raw); err != nil {
			return err
		}
	}
	for name, values := range p.Outputs {
		if j.Outputs == nil {
			j.Outputs = map[string]map[string]string{}
		}
		j.Outputs[name] = values
	}
	return nil
}

func (j *Journal) addTurn(raw json.RawMessage) error {
	var of struct {
		Format   int   `json:"format"`
		Revision int64 `json:"revision"`
	}
	next := int64(len(j.Turns) + 1)
	if err := json.Unmarshal(raw, &of); err != nil {
		return damaged("what should be revision %d cannot be read: %v", next, err)
	}
	if of.Format > turnFormat {
		return newer(fmt.Sprintf("revision %d of %s", of.Revision, j.Plan.Deployment), of.Format, turnFormat)
	}
	var t Turn
	if err := json.Unmarshal(raw, &t); err != nil {
		return damaged("revision %d cannot be read: %v", of.Revision, err)
	}
	j.Turns = append(j.Turns, t)
	return nil
}

// Read reads a journal from what Write wrote.
func Read(from io.Reader) (Journal, error) {
	var p Page
	b, err := io.ReadAll(from)
	if err != nil {
		return Journal{}, err
	}
	if err := json.Unmarshal(b, &p); err != nil {
		if end := (&json.SyntaxError{}); errors.As(err, &end) && end.Offset >= int64(len(bytes.TrimRight(b, " \n"))) {
			return Journal{}, damaged("it ends in the middle, after %d bytes", len(b))
		}
		return Journal{}, damaged("it is no journal: %v", err)
	}
	if p.Format == 0 {
		return Journal{}, damaged("it is no journal, since it says no format")
	}
	var j Journal
	if err := j.Add(p); err != nil {
		return Journal{}, err
	}
	if p.Next != 0 {
		return Journal{}, damaged("it is a piece of a journal, which goes on after revision %d", p.Next)
	}
	return j, j.check()
}

// noTurns is how a page without turns is encoded.
const noTurns = `"turns":null`

// Write writes a journal as one file, a line for each turn.
func Write(to io.Writer, j Journal) error {
	p, err := j.page()
	if err != nil {
		return err
	}
	p.Turns = nil
	head, err := json.Marshal(p)
	if err != nil {
		return err
	}
	at := bytes.LastIndex(head, []byte(noTurns)) // a plan may hold the same words
	var out bytes.Buffer
	out.Write(head[:at])
	out.WriteString(`"turns":[`)
	for i, t := range j.Turns {
		b, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(b)
	}
	out.WriteString("\n]")
	out.Write(head[at+len(noTurns):])
	out.WriteByte('\n')
	_, err = to.Write(out.Bytes())
	return err
}

func (j Journal) page() (Page, error) {
	encoded, _, err := j.Plan.Encode()
	return Page{Format: Format, Deployment: j.Deployment, Plan: encoded, Newest: j.Newest, Outputs: j.Outputs}, err
}
