package ledger

import (
	"strconv"
	"strings"
)

// Later is a later attempt at the same task that has come to this host, "" if none
// has. Attempts at a task are numbered behind their last dot: one that a person
// gave up must not begin any more once its successor is here.
func (l *Ledger) Later(id string) (string, error) {
	task, number, numbered := attemptNumber(id)
	if !numbered {
		return "", nil
	}
	entries, err := l.on.ReadDir(l.Path("attempts"))
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		other, n, ok := attemptNumber(e.Name())
		if ok && other == task && n > number && l.attempt(e.Name()).Known() {
			return e.Name(), nil
		}
	}
	return "", nil
}

func attemptNumber(id string) (task string, number int, ok bool) {
	dot := strings.LastIndexByte(id, '.')
	if dot < 0 {
		return "", 0, false
	}
	number, err := strconv.Atoi(id[dot+1:])
	return id[:dot], number, err == nil
}
