package simulation

import (
	"fmt"
	"strings"

	"slipway/runner/streamwake"
	"slipway/runner/table"
)

// broken makes a part of the world deliberately wrong, so that tests can see
// whether the invariants notice. The zero value breaks nothing.
type broken struct {
	write       func([]table.Change) []table.Change // what is really written
	early       bool                                // writes are acknowledged before they are durable
	noScan      bool                                // a process that begins looks for nothing
	noWake      bool                                // wake-ups lead to nothing
	noTimer     func(id string) bool                // timers that never ring
	noNews      func(streamwake.News) bool          // what the stream loses
	noMail      bool                                // mails are taken and never sent
	reversed    bool                                // a queue is read from its end
	pretends    bool                                // some writes are acknowledged and never made
	forgets     bool                                // hosts begin what they have begun before
	unasked     bool                                // hosts say that they know nothing
	crowds      bool                                // hosts run several attempts at once
	unstoppable bool                                // hosts do not stop
	sure        bool                                // a message whose answer was lost counts as not taken
	mixedUp     bool                                // ends are told of the attempt after the one that ended
}

// nextAttempt is the id of the attempt after one.
func nextAttempt(id string) string {
	at := strings.LastIndexByte(id, '.')
	return fmt.Sprintf("%s.%d", id[:at], attemptNumber(id)+1)
}
