// Package inuse changes files that other programs may have open at this moment.
//
// It never takes a file away from anybody. The idea a newcomer would miss: on
// Windows a file that somebody has open can neither be replaced nor removed, and
// most who have one open (virus scanners, the search index, a worker process that
// starts) let go within moments. So it tries again for a bound, and then names the
// file and, where the system tells, who holds it. Elsewhere the first try counts.
package inuse

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Patience is how long a held file is waited for.
const Patience = 10 * time.Second

// HeldError says that others kept a file open all the time.
type HeldError struct {
	Path    string
	Holders []string // as the system calls them; none where it does not tell
	Err     error
}

func (e *HeldError) Error() string {
	who := "another program has it open (often the site's worker process, a virus scanner or an editor), or the user of the executor may not change it"
	if len(e.Holders) > 0 {
		who = "it is held by " + strings.Join(e.Holders, ", ")
	}
	return fmt.Sprintf("%s could not be changed for %s: %s; end that program or keep it out of this folder, then deploy again (%v)", e.Path, Patience, who, e.Err)
}

func (e *HeldError) Unwrap() error { return e.Err }

// Retry does something to the file until it works, fails for another reason than
// that the file is held, or patience is over.
func Retry(path string, do func() error) error {
	return retry(path, do, held, time.Now, time.Sleep)
}

func retry(path string, do func() error, held func(error) bool, now func() time.Time, sleep func(time.Duration)) error {
	until := now().Add(Patience)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		err := do()
		if err == nil || !held(err) {
			return err
		}
		if now().After(until) {
			if _, said := errors.AsType[*HeldError](err); said {
				return err
			}
			return &HeldError{Path: path, Holders: holders(path), Err: err}
		}
		sleep(pause)
	}
}
