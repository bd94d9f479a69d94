package bolttable

import (
	"cmp"
	"fmt"
	"slices"
)

// logContent is what a file of the log held when it was opened.
type logContent struct {
	path  string
	bytes []byte
}

// run is the unbroken row of records with which a file of the log begins.
type run struct {
	path   string
	frames []frame
	first  uint64
}

// replay returns everything that the log says beyond the record with which the bolt file ends, and the last sequence.
//
// Records are synced one by one. So where a bad one is followed by none, it was being written when the end came, and
// nobody was told that it is kept; where a good one follows, it was kept once and is damaged.
func replay(id logID, contained uint64, contents ...logContent) (*overlay, error) {
	runs := make([]run, 0, len(contents))
	for _, c := range contents {
		r, err := readRun(c, id, contained)
		if err != nil {
			return nil, err
		}
		if len(r.frames) > 0 {
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b run) int { return cmp.Compare(a.first, b.first) })
	all := newOverlay()
	all.last = contained
	for _, r := range runs {
		if err := r.onto(all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readRun reads records until the first that is none.
func readRun(c logContent, id logID, contained uint64) (run, error) {
	r, at, last := run{path: c.path}, 0, contained
	for {
		f, ok := readFrame(c.bytes[at:], id)
		if !ok || len(r.frames) > 0 && f.sequence != last+1 {
			break
		}
		if len(r.frames) == 0 {
			r.first = f.sequence
		}
		r.frames = append(r.frames, f)
		last, at = f.sequence, at+f.size
	}
	for beyond := at; beyond < len(c.bytes); beyond += frameAlign {
		if f, ok := readFrame(c.bytes[beyond:], id); ok && f.sequence > last {
			return run{}, fmt.Errorf("%s is damaged at byte %d, before a good record at byte %d: restore the folder from a backup; "+
				"or give up what was written last, from there on: truncate -s %d %s", c.path, at, beyond, at, c.path)
		}
	}
	return r, nil
}

// onto adds to all what it does not have yet.
func (r run) onto(all *overlay) error {
	for _, f := range r.frames {
		if f.sequence <= all.last {
			continue
		}
		if f.sequence != all.last+1 {
			return fmt.Errorf("%s goes on with record %d, and record %d is nowhere: restore the folder from a backup; "+
				"or give up what was written last, from there on: truncate -s 0 %s", r.path, f.sequence, all.last+1, r.path)
		}
		if err := all.apply(f.body, f.sequence); err != nil {
			return fmt.Errorf("record %d of %s: %w", f.sequence, r.path, err)
		}
	}
	return nil
}
