// Package plan makes the plan of one deployment: the step graph with targets,
// texts, packages and claims resolved and checked, as one value with a hash.
//
// It is pure and decides before any host is touched. What it does not do is
// run anything: the graph advances the plan, the runner performs it. A value
// can be known now, after an earlier step, or only on the host; the plan
// evaluates what is known, proves that the rest can be resolved later, and
// leaves the texts themselves to the host, which evaluates them with the same
// code.
package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sort"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// Format is the newest plan format this code writes and understands. In the
// first one no question said whether it blocks: all of them did.
const Format = 2

// Plan is everything a deployment will do. It never changes after the start;
// it is stored once, named by its hash.
type Plan struct {
	Format        int               `json:"format"`
	Deployment    string            `json:"deployment"`
	ProjectID     string            `json:"projectId"`
	Project       string            `json:"project"`
	ReleaseID     string            `json:"releaseId"`
	Release       string            `json:"release"`
	EnvironmentID string            `json:"environmentId"`
	Environment   string            `json:"environment"`
	Address       string            `json:"address,omitempty"` // where the application is found there
	Created       time.Time         `json:"created"`
	Channel       string            `json:"channel,omitempty"` // "" is the project's default one
	Variables     []Variable        `json:"variables"`         // hold for every step
	Steps         []Step            `json:"steps"`
	Claims        []pipelines.Claim `json:"claims,omitempty"`
	Findings      []Finding         `json:"findings,omitempty"`
	// Retention says what of earlier installations goes; nil keeps all.
	Retention *pipelines.Retention  `json:"retention,omitempty"`
	Queue     pipelines.QueuePolicy `json:"queue,omitempty"`
	// Timeout is how long it may take, without the times in which it waits for
	// its place or for people; 0 is without end.
	Timeout task.Duration `json:"timeout,omitempty"`
	// GuidedFailure has people decide where a task fails.
	GuidedFailure bool `json:"guidedFailure,omitempty"`
	// NotBefore is when it is to start; zero is as soon as it can.
	NotBefore time.Time `json:"notBefore,omitzero"`
	// RequestedBy is the id of the user who asked for it, "" where no person did.
	RequestedBy string `json:"requestedBy,omitempty"`
	// CausedBy is the id of the user whose act made it begin by itself, "" where a
	// person asked for it or nobody is known.
	CausedBy string `json:"causedBy,omitempty"`
}

// Began says whether a user asked for it, or made it begin by itself.
func (p Plan) Began(userID string) bool {
	return userID != "" && (userID == p.RequestedBy || userID == p.CausedBy)
}

// Kind says who carries a step out; the graph knows kinds, not step types.
type Kind string

// The kinds of steps.
const (
	OnHosts Kind = "host"    // an order for each target
	Ask     Kind = "ask"     // a question to people
	Mail    Kind = "mail"    // a message
	Rolling Kind = "rolling" // child steps, in order on each target
)

// Step is one node of the graph. Its tasks are its targets, or one task where
// no host takes part; First is the number of the first within the deployment.
type Step struct {
	Name     string              `json:"name"`
	Type     string              `json:"type"`
	Kind     Kind                `json:"kind"`
	Needs    []int               `json:"needs,omitempty"` // indexes into Plan.Steps
	Run      pipelines.Condition `json:"run,omitempty"`
	If       string              `json:"if,omitempty"`       // see pipelines.Step
	Skip     string              `json:"skip,omitempty"`     // why it takes no part
	Required bool                `json:"required,omitempty"` // whoever deploys cannot leave it out
	// Children is, of a rolling step, how many of the steps that follow in
	// Plan.Steps are its child steps. It has targets and a window, and no tasks of
	// its own.
	Children int `json:"children,omitempty"`
	// Within is, of a child step, the place of its rolling step in Plan.Steps,
	// counted from 1. Its targets are some or all of that step's.
	Within  int           `json:"within,omitempty"`
	Window  int           `json:"window,omitempty"`
	Retries int           `json:"retries,omitempty"`
	Timeout task.Duration `json:"timeout,omitempty"`

	First     int           `json:"first"`
	Targets   []Target      `json:"targets,omitempty"`
	Work      *task.Work    `json:"work,omitempty"`
	Package   *task.Package `json:"package,omitempty"`
	Feed      string        `json:"feed,omitempty"` // id of the feed the package came from; "" is the built-in one
	Question  *Question     `json:"question,omitempty"`
	Message   *Message      `json:"message,omitempty"`
	Variables []Variable    `json:"variables,omitempty"` // beside Plan.Variables
	Asked     []string      `json:"asked,omitempty"`     // names of its outputs that conditions of other steps read
	Shown     []Shown       `json:"shown,omitempty"`     // its texts as they will be, for people
}

// Instructions are what people are asked to look at in a sign-off, as far as it was
// known when the plan was made.
func (s Step) Instructions() string {
	for _, shown := range s.Shown {
		if shown.Path == "approval.instructions" {
			return shown.Text
		}
	}
	if s.Question == nil {
		return ""
	}
	return s.Question.Instructions
}

// Target is one host of a step, with the variables that hold only there.
type Target struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Variables []Variable `json:"variables,omitempty"`
}

// Question is what people are asked.
type Question struct {
	Instructions string   `json:"instructions"`
	Teams        []string `json:"teams,omitempty"`
	// Minimum is how many must approve; 0 is 1. One who rejects decides alone.
	Minimum int `json:"minimum,omitempty"`
	// NotRequester: who asked for the deployment cannot answer.
	NotRequester bool `json:"notRequester,omitempty"`
	// Blocks: the deployment keeps its place while it waits.
	Blocks bool `json:"blocks,omitempty"`
	// Timeout is how long it waits before OnTimeout answers; 0 is without end.
	Timeout   task.Duration `json:"timeout,omitempty"`
	OnTimeout string        `json:"onTimeout,omitempty"` // "" or "reject", or "approve"
	Remind    task.Duration `json:"remind,omitempty"`    // how often those asked are reminded; 0 is never
}

// Message is a mail as templates: they are evaluated when it is sent.
type Message struct {
	To      string `json:"to"`
	Subject string `json:"subject"`
	Body    string `json:"body"`
	HTML    bool   `json:"html,omitempty"`
}

// Variable is one name with its text, or with the secret that holds it: one of
// ours (`name@version`) or one in AWS (pipelines.FromParameter,
// FromSecretsManager). A secret's value never stands in a plan.
type Variable struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Secret string `json:"secret,omitempty"`
}

// Shown is one text of a step, evaluated as far as it is known.
type Shown struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Finding is something a person should know before the deployment. Blocks
// findings stop it before a host is touched.
type Finding struct {
	Step    string `json:"step,omitempty"`
	Message string `json:"message"`
	Blocks  bool   `json:"blocks,omitempty"`
	// Allowed says that it would stop the deployment, and that its step allows it.
	Allowed bool `json:"allowed,omitempty"`
}

// Tasks is the number of tasks the step has.
func (s Step) Tasks() int {
	switch {
	case s.Skip != "", s.Kind == Rolling:
		return 0
	case s.Kind == OnHosts:
		return len(s.Targets)
	}
	return 1
}

// Tasks is the number of tasks in the whole plan.
func (p Plan) Tasks() int {
	n := 0
	for _, s := range p.Steps {
		n += s.Tasks()
	}
	return n
}

// StepOf finds the step that a task number belongs to, and the task's place in
// it.
func (p Plan) StepOf(number int) (step, place int) {
	at := sort.Search(len(p.Steps), func(i int) bool { return p.Steps[i].First+p.Steps[i].Tasks() > number })
	if number < 0 || at == len(p.Steps) {
		return -1, -1
	}
	return at, number - p.Steps[at].First
}

// AskedOutputs are the output variables of a step that some condition reads: they
// have to be at hand when another step is to begin. A name may also be that of a
// member within an output that is JSON.
func (p Plan) AskedOutputs(step int) []string { return p.Steps[step].Asked }

// Touches says whether a target is part of the plan.
func (p Plan) Touches(targetID string) bool {
	for _, s := range p.Steps {
		for _, t := range s.Targets {
			if t.ID == targetID {
				return true
			}
		}
	}
	return false
}

// Step finds a step by name, or -1.
func (p Plan) Step(name string) int {
	for i, s := range p.Steps {
		if pipelines.SameName(s.Name, name) {
			return i
		}
	}
	return -1
}

// Blocked are the findings that stop the deployment.
func (p Plan) Blocked() []Finding {
	var out []Finding
	for _, f := range p.Findings {
		if f.Blocks {
			out = append(out, f)
		}
	}
	return out
}

// Allowed say what the deployment takes from others, as its steps allow.
func (p Plan) Allowed() []string {
	var out []string
	for _, f := range p.Findings {
		if f.Allowed {
			out = append(out, f.Message)
		}
	}
	return out
}

// Encode gives the plan's bytes and their hash (lower-case hex SHA-256), which
// is the plan's name.
func (p Plan) Encode() (bytes []byte, hash string, err error) {
	bytes, err = json.Marshal(p)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(bytes)
	return bytes, hex.EncodeToString(sum[:]), nil
}

// Decode reads what Encode wrote, of this format or an older one.
func Decode(bytes []byte) (Plan, error) {
	var p Plan
	if err := json.Unmarshal(bytes, &p); err != nil {
		return Plan{}, err
	}
	if p.Format > Format {
		return Plan{}, pipelines.Refuse(pipelines.Unavailable, "the plan of %s has format %d, this program understands up to %d: use the newer program", p.Deployment, p.Format, Format)
	}
	if p.Format < 2 {
		for _, step := range p.Steps {
			if step.Question != nil {
				step.Question.Blocks = true
			}
		}
	}
	return p, nil
}
