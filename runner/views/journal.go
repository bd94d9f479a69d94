package views

import (
	"context"
	"encoding/json"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/replay"
	"slipway/runner/requests/openings"
)

// mostJournal is about how many bytes of turns one piece of a journal has:
// Lambda answers 6 MB at most.
const mostJournal = 3 << 20

// Journal is a piece of a deployment's journal: what comes after a revision. The
// piece after 0 has the plan. With outputs, also those that lie outside of the
// turns, but never what is sensitive.
func (v *Views) Journal(ctx context.Context, p pipelines.Principal, id string, after int64, outputs bool) (replay.Page, error) {
	return v.journal(ctx, p, id, after, outputs, mostJournal)
}

func (v *Views) journal(ctx context.Context, p pipelines.Principal, id string, after int64, outputs bool, most int) (replay.Page, error) {
	d, err := v.Records.Deployment(ctx, id)
	if err != nil {
		return replay.Page{}, err
	}
	if err := openings.Seen(p, id, pipelines.Where{Project: d.Project, Environment: d.Environment}); err != nil {
		return replay.Page{}, err
	}
	planned, err := v.Records.Plan(ctx, d.Plan)
	if err != nil {
		return replay.Page{}, err
	}
	turns, err := v.Records.Journal(ctx, id)
	if err != nil {
		return replay.Page{}, err
	}
	out := replay.Page{Format: replay.Format, Deployment: d, Turns: []json.RawMessage{}}
	telling := mayReadMail(p)
	if after == 0 {
		shown := planned
		if !telling {
			shown.Variables = withoutAddress(shown.Variables)
		}
		if out.Plan, _, err = shown.Encode(); err != nil {
			return out, err
		}
	}
	if len(turns) > 0 {
		out.Newest = turns[len(turns)-1].Revision
	}
	recorder := replay.NewRecorder(planned)
	size := 0
	for _, t := range turns {
		if !telling {
			t.Events, t.Head = withoutMail(t.Events, t.Head)
		}
		told := recorder.Turn(t.Format, t.Revision, t.Events, t.Head, t.Parts, t.Effects)
		if t.Revision <= after {
			continue
		}
		if size > most {
			out.Next = t.Revision - 1
			break
		}
		b, err := json.Marshal(told)
		if err != nil {
			return out, err
		}
		out.Turns = append(out.Turns, b)
		size += len(b)
		if outputs {
			more, err := v.outputsIn(ctx, told, &out)
			if err != nil {
				return out, err
			}
			size += more
		}
	}
	return out, nil
}

// outputsIn adds what the tasks of a turn have set that lies in blobs, and says
// how many bytes that was.
func (v *Views) outputsIn(ctx context.Context, t replay.Turn, to *replay.Page) (int, error) {
	size := 0
	for _, e := range t.Events {
		reported, ok := e.Of.(graph.TaskReported)
		x := graph.TaskState{Blob: reported.Blob}
		if !ok || x.Blob == "" || to.Outputs[x.Blob] != nil {
			continue
		}
		result, err := v.Records.Result(ctx, x)
		if err != nil {
			return size, err
		}
		if to.Outputs == nil {
			to.Outputs = map[string]map[string]string{}
		}
		to.Outputs[x.Blob] = map[string]string{}
		for name, value := range result.Outputs {
			to.Outputs[x.Blob][name] = value
			size += len(name) + len(value)
		}
	}
	return size, nil
}
