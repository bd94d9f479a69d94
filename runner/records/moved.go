package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// What is where changes by a new deployment or release, by what becomes of a
// deployment that is alive, and by a change of configuration. Each of them moves
// a row of the counters but the second, which its newest turn tells: so who knows
// these knows whether anything has changed, without reading what is where.

// takenUpKey moves when a deployment is taken up again: it may be alive so shortly
// that nobody has seen it among those that are.
func takenUpKey() table.Key { return key("counters", "TakenUp") }

// Counters is a mark that differs after every change but those of deployments
// that are alive; it is read before what it is to stand for.
func (r *Records) Counters(ctx context.Context) (string, error) {
	sum := sha256.New()
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "counters"}) {
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d %s\n", item.Key.Sort, item.Revision, item.Value)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Headline is what lists show of a deployment's newest turn.
type Headline struct {
	Status  pipelines.Status `json:"status"`
	Message string           `json:"message"`
	Started time.Time        `json:"started"`
	Ended   time.Time        `json:"ended"`
}

// Headline reads it in one read; it is empty before the first turn. One that
// cannot be read is as large as it is, and no more is said of it.
func (r *Records) Headline(ctx context.Context, id string) (Headline, error) {
	turn, there, err := r.headline(ctx, id)
	if damaged, is := Corrupt(err); is {
		return Headline{Message: damaged.Key}, nil
	}
	if err != nil || !there {
		return Headline{}, err
	}
	return turn.Head.Headline, nil
}

// MayAsk says whether a deployment may wait for an answer or a choice of somebody,
// in one read. It may where that cannot be read.
func (r *Records) MayAsk(ctx context.Context, id string) (bool, error) {
	turn, there, err := r.headline(ctx, id)
	if _, damaged := Corrupt(err); damaged {
		return true, nil
	}
	return err == nil && there && slices.ContainsFunc(turn.Head.Steps, func(s stepHeadline) bool {
		return s.Status == pipelines.Waiting || s.Choices > 0
	}), err
}

func (r *Records) headline(ctx context.Context, id string) (turn headed, there bool, err error) {
	page, err := r.table.Query(ctx, turns(id))
	if err != nil || len(page.Items) == 0 {
		return headed{}, false, err
	}
	item := page.Items[0]
	if _, part := snapshotPart(item.Key.Sort); part {
		// The parts of a snapshot stand behind the turn that they belong to.
		item, err = r.table.Get(ctx, key("deployment/"+id, item.Key.Sort[:len("turn/")+10]))
		if err != nil && !missing(err) {
			return headed{}, false, err
		}
	}
	// Of each deployment one turn is kept.
	turn, err = r.headlines.decode(table.Item{Key: key("deployment/"+id, "turn"), Value: item.Value})
	if _, damaged := Corrupt(err); damaged {
		err = corrupt(fmt.Sprintf("%s of %d bytes", item.Key, len(item.Value)), err)
	}
	return turn, true, err
}

// headed is a turn of which nothing but the headline is read.
type headed struct {
	Head struct {
		Headline
		Steps []stepHeadline `json:"steps"`
	} `json:"head"`
}

type stepHeadline struct {
	Status  pipelines.Status `json:"status"`
	Choices int              `json:"choices"`
}
