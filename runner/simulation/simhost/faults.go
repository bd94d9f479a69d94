package simhost

import "time"

// Faults decides what goes wrong. It is asked at each point in the order in
// which things happen, so answers that follow from a seed make a run that can be
// repeated. Calm answers that nothing does; embed it and override.
type Faults interface {
	// Call is asked when the server makes a call to a host: ready, holds, deliver,
	// start, attach, ask, stop.
	Call(target, verb string) Call
	// Errand is asked when the server gives an errand to the transport.
	Errand(target, attempt string) Delivery
	// Step is asked before each step by which a process of a host changes something:
	// each change of its disk, the beginning of a payload and of other processes,
	// each report, and its own end.
	Step(Step) Fate
	// Keeps is asked at a power loss for each thing that was not synced: how much
	// of it is left, from 0 (nothing) to most (all).
	Keeps(most int) int
	// Pace is how long a payload takes for each line it prints, besides what its
	// script says.
	Pace(target, attempt string) time.Duration
}

// Call is what happens to one call of the server.
type Call struct {
	Wait  time.Duration // on its way to the host
	Lost  bool          // it never gets there
	Busy  bool          // for start: the host says that another attempt holds the target
	Back  time.Duration // the answer's way back
	Muted bool          // the call took effect, its answer is lost
	Drop  int           // for attach: the connection is lost after so many reports; 0: it is not
}

// Delivery is what happens to one errand.
type Delivery struct {
	Throttled bool // the transport does not take it
	// Muted: it is taken, and whoever sent it does not hear so.
	Muted bool
	// Arrives is when it reaches the host, for each time that it does; none: the
	// transport says later that it was not delivered.
	Arrives []time.Duration
}

// Step is where a process of a host stands.
type Step struct {
	Target  string
	Process string // hello, start, ask, attach, stop, deliver, holds, errand, run, report
	Attempt string // "" where it is about none
	What    string // as `link end.json`, `sync`, `payload`, `spawn run`, `begin`, `post end`, `answer`, `exit`
}

// Fate is what happens there.
type Fate struct {
	Pause     time.Duration // before the step, while others go on
	Killed    bool          // the process dies and does not make the step
	PowerLoss bool          // the host loses power before the step
	Down      time.Duration // and for how long
}

// Calm is how nothing goes wrong.
type Calm struct{}

var _ Faults = Calm{}

// Call goes through at once.
func (Calm) Call(string, string) Call { return Call{} }

// Errand arrives once, at once.
func (Calm) Errand(string, string) Delivery { return Delivery{Arrives: []time.Duration{0}} }

// Step is made.
func (Calm) Step(Step) Fate { return Fate{} }

// Keeps nothing that was not synced.
func (Calm) Keeps(int) int { return 0 }

// Pace takes no time.
func (Calm) Pace(string, string) time.Duration { return 0 }
