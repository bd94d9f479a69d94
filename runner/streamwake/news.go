package streamwake

import (
	"strconv"
	"strings"
)

// Change is one record of the stream, by what the filter and this package look at.
type Change struct {
	Event     string // INSERT, MODIFY or REMOVE
	Partition string // the attribute p
	Sort      string // the attribute s
}

// News is what a change means: a deployment has a turn, or a place has somebody who waits or became free. The zero
// News is a change that wakes nobody.
type News struct {
	Deployment string
	Revision   int64

	ProjectID, EnvironmentID string
}

// Key is the same for news that must be told in order; "" for none.
func (n News) Key() string {
	switch {
	case n.Deployment != "":
		return "deployment/" + n.Deployment
	case n.ProjectID != "":
		return "place/" + n.ProjectID + "/" + n.EnvironmentID
	}
	return ""
}

// Read tells what a change means.
func Read(c Change) News {
	if deployment, ok := strings.CutPrefix(c.Partition, "deployment/"); ok && deployment != "" {
		if revision, ok := turn(c); ok {
			return News{Deployment: deployment, Revision: revision}
		}
		return News{}
	}
	place, ok := strings.CutPrefix(c.Partition, "place/")
	project, environment, two := strings.Cut(place, "/")
	if !ok || !two || project == "" || environment == "" || !concernsPlace(c) {
		return News{}
	}
	return News{ProjectID: project, EnvironmentID: environment}
}

// turn is the revision of an inserted turn; its parts, which stand below it, are no turns.
func turn(c Change) (int64, bool) {
	digits, ok := strings.CutPrefix(c.Sort, "turn/")
	if !ok || c.Event != "INSERT" || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	revision, err := strconv.ParseInt(digits, 10, 64)
	return revision, err == nil
}

func concernsPlace(c Change) bool {
	waits := c.Event == "INSERT" && strings.HasPrefix(c.Sort, "waiting/")
	free := c.Event == "REMOVE" && c.Sort == "slot"
	return waits || free
}
