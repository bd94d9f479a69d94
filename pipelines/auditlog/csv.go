package auditlog

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"slipway/pipelines"
)

// Columns are the names of what Row has.
func Columns() []string {
	return []string{"at", "category", "username", "user id", "via", "from", "message", "project", "project name", "environment", "environment name", "subject", "subject name", "related", "details", "id", "number", "previous", "hash"}
}

// Names are those that the ids of an entry have today, "" where that is not known.
type Names struct{ Project, Environment, Subject string }

// Row is an entry for a table, in which no cell is a formula.
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
		row[i] = harmless(cell)
	}
	return row
}

// beginsFormula is what programs that show tables take for the beginning of a
// formula, which may send the table somewhere: the signs as they are typed, as wide
// and as small letters, which some make the same of, and what some pass over.
const beginsFormula = "=+-@＝＋－＠﹦﹢﹣﹫−\t\r\n"

// harmless puts an apostrophe before a cell that would be a formula, also where it
// begins with what nobody sees.
func harmless(cell string) string {
	begin := strings.TrimLeftFunc(cell, func(r rune) bool {
		return !strings.ContainsRune(beginsFormula, r) && (unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf))
	})
	if first, _ := utf8.DecodeRuneInString(begin); begin == "" || !strings.ContainsRune(beginsFormula, first) {
		return cell
	}
	return "'" + cell
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
