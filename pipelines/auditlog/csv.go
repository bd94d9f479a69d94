package auditlog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
)

// Columns are the names of what Row has.
func Columns() []string {
	return []string{"at", "category", "username", "user id", "via", "from", "message", "project", "project name", "environment", "environment name", "subject", "subject name", "related", "details", "id", "number", "previous", "hash"}
}

// Names are those that the ids of an entry have today, "" where that is not known.
type Names struct{ Project, Environment, Subject string }

// Row is an entry for a table. A program that shows tables takes what begins with
// =, +, - or @ for a formula, and may send it somewhere: so such a cell begins
// with an apostrophe.
func Row(e pipelines.Event, called Names) []string {
	number := ""
	if e.Number > 0 {
		number = strconv.FormatInt(e.Number, 10)
	}
	row := []string{
		e.At.UTC().Format(time.RFC3339Nano), e.Category, e.Username, e.UserID, e.Via, e.From, e.Message, ProjectOf(e), called.Project, EnvironmentOf(e), called.Environment,
		e.Subject, called.Subject, strings.Join(e.Related, " "), details(e.Details), e.ID, number, e.Previous, e.Hash,
	}
	for i, cell := range row {
		if strings.TrimLeft(cell, " ") != "" && strings.ContainsRune("=+-@\t\r\n", rune(strings.TrimLeft(cell, " ")[0])) {
			row[i] = "'" + cell
		}
	}
	return row
}

func details(of map[string]string) string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []string
	for _, name := range names {
		out = append(out, name+": "+strings.TrimSuffix(of[name], "\n"))
	}
	return strings.Join(out, "\n")
}
