package ledger

import "os"

// Process names one process so that it cannot be mistaken for another that got
// the same number later: number, time of its start, and the boot it ran in.
type Process struct {
	Boot    string `json:"boot"`
	PID     int    `json:"pid"`
	Started string `json:"started"`
}

// Self is the process that asks.
func (l *Ledger) Self() Process { return l.on.Self() }

// BootID is another text after every start of the host, "" where unknown.
func (l *Ledger) BootID() string { return l.on.BootID() }

func (system) Self() Process {
	return Process{Boot: bootID(), PID: os.Getpid(), Started: startOf(os.Getpid())}
}

func (system) Alive(p Process) bool {
	return p.PID > 0 && p.Boot == bootID() && p.Started != "" && startOf(p.PID) == p.Started
}

func (system) BootID() string { return bootID() }
