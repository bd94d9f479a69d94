package rest

// ValuesUsed are the values that a deployment was planned with. They never
// change; what its scripts set while it ran is not among them.
type ValuesUsed struct {
	Deployment  string            `json:"deployment"`
	Project     string            `json:"project"`
	Release     string            `json:"release"`
	Channel     string            `json:"channel"`
	Environment string            `json:"environment"`
	Plan        string            `json:"plan"`  // the hash of the plan they stand in
	Given       map[string]string `json:"given"` // by whoever ordered it
	Variables   []ValueUsed       `json:"variables"`
	System      []ValueUsed       `json:"system"` // what Slipway provides
	Texts       []TextUsed        `json:"texts"`
}

// ValueUsed is one value and where it held. Of the values of one name the
// narrower one counts. Of a secret only its reference is known.
type ValueUsed struct {
	Step   string `json:"step,omitempty"`   // left out: in every step
	Target string `json:"target,omitempty"` // left out: on every target
	Name   string `json:"name"`
	Value  string `json:"value"`
	Secret string `json:"secret,omitempty"`
}

// TextUsed is a text of a step, evaluated as far as it was known when the
// deployment was planned.
type TextUsed struct {
	Step string `json:"step"`
	Path string `json:"path"` // where in the step's settings
	Text string `json:"text"`
}
