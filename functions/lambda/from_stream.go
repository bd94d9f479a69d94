package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/tidwall/gjson"

	"slipway/runner/streamwake"
)

// streamParallel is how many deployments of one batch are looked at at once: a Look mostly waits for hosts.
const streamParallel = 10

// record is one change of the table.
type record struct {
	sequence string
	news     streamwake.News
}

// fromStream goes through a batch: what concerns one deployment or one place in its order, several of them at once.
// The answer names the first record that went wrong, because Lambda gives a stream again from there on; what went well
// behind it comes a second time.
func (h *Handler) fromStream(ctx context.Context, e event) ([]byte, error) {
	records, err := h.readStream(e)
	if err != nil {
		return nil, err
	}
	groups := map[string][]int{}
	var order []string
	for i, r := range records {
		key := r.news.Key()
		if key == "" {
			continue
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	failed := h.inGroups(ctx, e, records, order, groups)
	if failed == len(records) {
		return batchAnswer("")
	}
	return batchAnswer(records[failed].sequence)
}

func (h *Handler) readStream(e event) ([]record, error) {
	var records []record
	var problem error
	gjson.GetBytes(e.raw, "Records").ForEach(func(_, r gjson.Result) bool {
		at := record{sequence: r.Get("dynamodb.SequenceNumber").Str}
		if at.sequence == "" {
			problem = errors.New("a record of the table's stream has no SequenceNumber, so that nobody could say which one failed")
			return false
		}
		keys := r.Get("dynamodb.Keys")
		at.news = streamwake.Read(streamwake.Change{Event: r.Get("eventName").Str, Partition: keys.Get("p.S").Str, Sort: keys.Get("s.S").Str})
		if at.news.Key() == "" {
			e.log.Debug("a change of the table wakes nobody", "event", r.Get("eventName").Str, "sort", cut(keys.Get("s.S").Str))
		}
		records = append(records, at)
		return true
	})
	return records, problem
}

// inGroups returns the index of the first record that went wrong, or their number.
func (h *Handler) inGroups(ctx context.Context, e event, records []record, order []string, groups map[string][]int) int {
	var (
		mu    sync.Mutex
		first = len(records)
		work  sync.WaitGroup
		free  = make(chan struct{}, streamParallel)
	)
	for _, key := range order {
		free <- struct{}{}
		work.Go(func() {
			defer func() { <-free }()
			for _, i := range groups[key] {
				err := h.changed(ctx, records[i].news)
				if err == nil {
					continue
				}
				e.log.Error("a change of the table went wrong and comes again", append(told(err), "about", key, "sequence", records[i].sequence)...)
				mu.Lock()
				first = min(first, i)
				mu.Unlock()
				return // what follows it comes again with it
			}
		})
	}
	work.Wait()
	return first
}

func (h *Handler) changed(ctx context.Context, n streamwake.News) (err error) {
	defer caught(&err)
	if err := ctx.Err(); err != nil {
		return err // no time is left to begin; the next call has all of it
	}
	if n.Deployment != "" {
		if h.doors.Turned == nil {
			return closed("turns from the table's stream")
		}
		return h.doors.Turned(ctx, n.Deployment, n.Revision)
	}
	if h.doors.Freed == nil {
		return closed("places from the table's stream")
	}
	return h.doors.Freed(ctx, n.ProjectID, n.EnvironmentID)
}

// batchAnswer is what ReportBatchItemFailures wants.
func batchAnswer(sequence string) ([]byte, error) {
	type failure struct {
		ItemIdentifier string `json:"itemIdentifier"`
	}
	failures := []failure{}
	if sequence != "" {
		failures = append(failures, failure{sequence})
	}
	return json.Marshal(map[string][]failure{"batchItemFailures": failures})
}
