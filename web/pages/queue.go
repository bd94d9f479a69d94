package pages

import "strconv"

// Queue shows the places in which something is.
type Queue struct {
	Frame
	Places []QueuePlace
}

// QueuePlace is where a project's deployments to an environment run one at a
// time.
type QueuePlace struct {
	ProjectID, Project, Environment string
	Policy                          string // a sentence, or ""
	Rows                            []QueueRow
}

func queueID(i int) string { return "place-" + strconv.Itoa(i+1) }

// QueueRow is a deployment that has a place, waits for it, or needs none.
type QueueRow struct {
	ID, Version string
	State       State
	Stands      string // "has the place", "2nd in the queue"
	Sentence    string
	Since       Moment
	Who         string
}
