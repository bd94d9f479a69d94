package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/graph"
	"slipway/runner/table"
)

// Lane is one step of a project on one target of an environment: what Octopus
// calls a retention policy set.
type Lane struct {
	Step     string `json:"step"`
	TargetID string `json:"target"`
}

// lane is what was installed in a lane, newest first.
type lane struct {
	Lane
	Installed []task.Installed `json:"installed"`
}

// What is beyond these bounds is forgotten, the oldest first: it stays on its
// host.
const (
	mostEntries = 100      // of one lane
	fewestLane  = 5        // that each lane keeps, however many lanes there are
	mostInAll   = 100_000  // of a journal
	mostLanes   = 30_000   // targets come and go
	mostInline  = 60 << 10 // bytes of a journal in its item
)

// Installed is what a step has installed on a target before, newest first.
func (r *Records) Installed(ctx context.Context, projectID, environmentID string, of Lane) ([]task.Installed, error) {
	j, err := r.installed(ctx, projectID, environmentID)
	if err != nil {
		return nil, err
	}
	if i := j.find(of); i >= 0 {
		return j.Lanes[i].Installed, nil
	}
	return nil, nil
}

func (r *Records) installed(ctx context.Context, projectID, environmentID string) (journal, error) {
	item, err := r.table.Get(ctx, installedKey(projectID, environmentID))
	if missing(err) {
		return journal{}, nil
	}
	if err != nil {
		return journal{}, err
	}
	return r.readJournal(ctx, item)
}

// installs is the change by which a deployment that leaves its place adds what it
// has installed; none if that is nothing.
func (r *Records) installs(ctx context.Context, p plan.Plan, d pipelines.Deployment, s graph.State, at time.Time) ([]Change, error) {
	var j journal
	var err error
	read := false
	for _, step := range p.Steps {
		if step.Package == nil {
			continue
		}
		for place, t := range step.Targets {
			if step.Skip != "" {
				break
			}
			x := s.Task(step.First + place)
			if len(x.Installed) == 0 && len(x.Retired) == 0 && x.Status != pipelines.Unknown {
				continue
			}
			if !read {
				j, err = r.installed(ctx, d.ProjectID, d.EnvironmentID)
				if _, damaged := Corrupt(err); damaged {
					j, err = journal{}, nil // what was there before is forgotten, and stays on its hosts
				}
				if err != nil {
					return nil, err
				}
				j.Lanes = slices.Clone(j.Lanes)
				j.index()
				read = true
			}
			j.add(Lane{step.Name, t.ID}, entries(d, *step.Package, x, at), x.Retired)
		}
	}
	if !read {
		return nil, nil
	}
	return r.keepJournal(ctx, d, j)
}

// entries are those of one task, newest first: only the last of its attempts may
// have succeeded. An attempt of which nobody knows how it ended has an entry
// without a place, since what was there before it may not be there any more.
func entries(d pipelines.Deployment, p task.Package, x graph.TaskState, when time.Time) []task.Installed {
	var out []task.Installed
	places := x.Installed
	if x.Status == pipelines.Unknown {
		places = append(slices.Clone(places), graph.Folder{})
	}
	for i, at := range places {
		entry := task.Installed{
			Deployment: d.ID, Package: p.ID, Version: p.Version, FileName: p.FileName,
			Directory: at.Directory, Custom: at.Custom, At: when,
			Succeeded: x.Status == pipelines.Succeeded && i == len(places)-1,
		}
		out = append([]task.Installed{entry}, out...)
	}
	return out
}

func (j *journal) add(to Lane, made installed, retired []string) {
	i := j.find(to)
	if i < 0 {
		i = len(j.Lanes)
		j.Lanes = append(j.Lanes, lane{Lane: to})
		j.at[to.key()] = i
	}
	old, fresh := made.known(j.Lanes[i].Installed)
	all := append(fresh, old...)
	all = slices.DeleteFunc(all, func(e task.Installed) bool { return slices.Contains(retired, e.Directory) })
	j.Lanes[i].Installed = all
}

// installed are entries of one deployment, newest first.
type installed []task.Installed

// known sorts out which entries a lane has already, since a deployment that
// leaves its place twice tells twice: they keep their places and times, and say
// what is known of them now.
func (made installed) known(lane []task.Installed) (old, fresh []task.Installed) {
	old = slices.Clone(lane)
	told := make([]bool, len(old))
	for _, e := range made {
		i := 0
		for i < len(old) && (told[i] || old[i].Deployment != e.Deployment || old[i].Directory != e.Directory || old[i].Custom != e.Custom) {
			i++
		}
		if i == len(old) {
			fresh = append(fresh, e)
			continue
		}
		old[i].Succeeded, told[i] = e.Succeeded, true
	}
	return old, fresh
}

// bound forgets what is too much.
func (j *journal) bound() {
	if len(j.Lanes) > mostLanes {
		slices.SortStableFunc(j.Lanes, func(a, b lane) int { return b.newest().Compare(a.newest()) })
		j.Lanes = j.Lanes[:mostLanes]
	}
	most := min(mostEntries, max(fewestLane, mostInAll/max(1, len(j.Lanes))))
	for i, l := range j.Lanes {
		j.Lanes[i].Installed = l.Installed[:min(len(l.Installed), most)]
	}
}

func (l lane) newest() time.Time {
	if len(l.Installed) == 0 {
		return time.Time{}
	}
	return l.Installed[0].At
}

func (r *Records) keepJournal(ctx context.Context, d pipelines.Deployment, j journal) ([]Change, error) {
	j.Blob = ""
	j.bound()
	encoded := packed(encode(j))
	if len(encoded) > mostInline {
		whole := encode(j)
		sum := sha256.Sum256(whole)
		j = journal{Blob: "installed/" + hex.EncodeToString(sum[:])}
		if _, err := r.blobs.Put(ctx, j.Blob, bytes.NewReader(whole)); err != nil && !errors.Is(err, blobs.ErrExists) {
			return nil, err
		}
		encoded = encode(j)
	}
	return []Change{table.Put(installedKey(d.ProjectID, d.EnvironmentID), encoded)}, nil
}

func installedKey(projectID, environmentID string) table.Key {
	return key("installed", projectID, environmentID)
}
