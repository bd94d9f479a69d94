package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

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

// journal is what was installed for a project in an environment. It is written
// with the end of each deployment; a large one lies in a blob.
type journal struct {
	Blob  string `json:"blob,omitempty"`
	Lanes []lane `json:"lanes,omitempty"`
}

const (
	mostEntries = 100      // of one lane; the oldest are forgotten
	mostInline  = 60 << 10 // bytes of a journal in its item
)

// Installed is what a step has installed on a target before, newest first.
func (r *Records) Installed(ctx context.Context, projectID, environmentID string, of Lane) ([]task.Installed, error) {
	j, err := r.installed(ctx, projectID, environmentID)
	if i := j.at(of); err == nil && i >= 0 {
		return j.Lanes[i].Installed, nil
	}
	return nil, err
}

func (r *Records) installed(ctx context.Context, projectID, environmentID string) (journal, error) {
	j, _, _, err := get[journal](ctx, r, installedKey(projectID, environmentID))
	if err != nil || j.Blob == "" {
		return j, err
	}
	b, err := r.readAll(ctx, j.Blob)
	if err != nil {
		return j, err
	}
	return j, json.Unmarshal(b, &j)
}

func (j journal) at(of Lane) int {
	return slices.IndexFunc(j.Lanes, func(l lane) bool {
		return l.TargetID == of.TargetID && pipelines.SameName(l.Step, of.Step)
	})
}

// installs is the change by which the end of a deployment adds what it has
// installed; none if that is nothing.
func (r *Records) installs(ctx context.Context, p plan.Plan, d pipelines.Deployment, s graph.State) ([]Change, error) {
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
			if len(x.Installed) == 0 && len(x.Retired) == 0 {
				continue
			}
			if !read {
				if j, err = r.installed(ctx, d.ProjectID, d.EnvironmentID); err != nil {
					return nil, err
				}
				read = true
			}
			j.add(Lane{step.Name, t.ID}, entries(d, *step.Package, x), x.Retired)
		}
	}
	if !read {
		return nil, nil
	}
	return r.keepJournal(ctx, d, j)
}

// entries are those of one task, newest first: only the last of its attempts may
// have succeeded.
func entries(d pipelines.Deployment, p task.Package, x graph.TaskState) []task.Installed {
	var out []task.Installed
	for i, at := range x.Installed {
		entry := task.Installed{
			Deployment: d.ID, Package: p.ID, Version: p.Version, FileName: p.FileName,
			Directory: at.Directory, Custom: at.Custom,
			Succeeded: x.Status == pipelines.Succeeded && i == len(x.Installed)-1,
		}
		if d.Finished != nil {
			entry.At = *d.Finished
		}
		out = append([]task.Installed{entry}, out...)
	}
	return out
}

func (j *journal) add(to Lane, made []task.Installed, retired []string) {
	i := j.at(to)
	if i < 0 {
		i = len(j.Lanes)
		j.Lanes = append(j.Lanes, lane{Lane: to})
	}
	all := append(made, j.Lanes[i].Installed...)
	all = slices.DeleteFunc(all, func(e task.Installed) bool { return slices.Contains(retired, e.Directory) })
	j.Lanes[i].Installed = all[:min(len(all), mostEntries)]
}

func (r *Records) keepJournal(ctx context.Context, d pipelines.Deployment, j journal) ([]Change, error) {
	j.Blob = ""
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
