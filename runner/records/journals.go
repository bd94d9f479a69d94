package records

import (
	"context"
	"encoding/json"
	"errors"

	"slipway/pipelines"
	"slipway/runner/blobs"
	"slipway/runner/table"
)

// journal is what was installed for a project in an environment. It is written
// with the end of each deployment; a large one lies in a blob. One that was read
// is shared by many readers: whoever changes it copies first.
type journal struct {
	Blob  string `json:"blob,omitempty"`
	Lanes []lane `json:"lanes,omitempty"`

	at map[Lane]int // where each lane is, by key
}

// key is a lane under which it is found, however its step was written.
func (l Lane) key() Lane { return Lane{pipelines.NameKey(l.Step), l.TargetID} }

func (j *journal) index() {
	j.at = make(map[Lane]int, len(j.Lanes))
	for i, l := range j.Lanes {
		j.at[l.key()] = i
	}
}

// find is where a lane is, -1 if nowhere.
func (j journal) find(of Lane) int {
	if i, ok := j.at[of.key()]; ok {
		return i
	}
	return -1
}

// readJournal decodes what an item holds. A blob's name stands for its bytes.
func (r *Records) readJournal(ctx context.Context, item table.Item) (journal, error) {
	var j journal
	if err := decode(item, &j); err != nil || j.Blob == "" {
		j.index()
		return j, err
	}
	if known, ok := r.journals.get(j.Blob); ok {
		return known, nil
	}
	b, err := r.readAll(ctx, j.Blob)
	if errors.Is(err, blobs.ErrNotFound) {
		return j, corrupt(j.Blob, errors.New("it is gone"))
	}
	if err != nil {
		return j, err
	}
	name := j.Blob
	if err := json.Unmarshal(b, &j); err != nil {
		return j, corrupt(name, err)
	}
	j.index()
	r.journals.put(name, len(b), j)
	return j, nil
}

// Elsewhere are the folders on a target that other lanes have, of whatever
// project: a folder that one lane believes to be its own may have gone and been
// made again by another one meanwhile.
func (r *Records) Elsewhere(ctx context.Context, projectID, environmentID string, not Lane) (map[string]bool, error) {
	out := map[string]bool{}
	own := installedKey(projectID, environmentID)
	for item, err := range table.All(ctx, r.table, table.Range{Partition: own.Partition}) {
		if err != nil {
			return nil, err
		}
		j, err := r.readJournal(ctx, item)
		if err != nil {
			return nil, err
		}
		for _, l := range j.Lanes {
			if l.TargetID != not.TargetID || item.Key == own && l.key() == not.key() {
				continue
			}
			for _, e := range l.Installed {
				out[e.Directory] = true
			}
		}
	}
	return out, nil
}
