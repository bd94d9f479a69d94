package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"slipway/runner/records"
)

// numbering gives new nouns their ids within one write. records numbers one
// noun at a time, and its counter may stand only once in a write: the counter
// of the first noun of a kind is kept and moved on for the others.
type numbering struct {
	records *records.Records
	taken   map[records.Kind]int // nouns of a kind in this write
	counter map[records.Kind]records.Change
	pending *pending // the noun that add made last, until it is kept
}

type pending struct {
	kind    records.Kind
	counter records.Change
}

// add are the changes of one more noun, but its counter.
func (n *numbering) add(ctx context.Context, kind records.Kind, name string, with func(id string, number int) any) ([]records.Change, string, error) {
	var number int
	changes, first, err := n.records.NewNoun(ctx, kind, name, func(id string, next int) any {
		number = next + n.taken[kind]
		return with(fmt.Sprintf("%s-%d", kind, number), number)
	})
	if err != nil {
		return nil, "", err
	}
	counter, noun, taken := changes[0], changes[1], changes[2]
	id := fmt.Sprintf("%s-%d", kind, number)
	noun.Key.Sort = strings.TrimSuffix(noun.Key.Sort, first) + id
	taken.Value, _ = json.Marshal(id)       // a text
	counter.Value, _ = json.Marshal(number) // a number: neither can fail
	n.pending = &pending{kind, counter}
	return []records.Change{noun, taken}, id, nil
}

// keep counts the noun that was made last as part of the write.
func (n *numbering) keep() {
	if n.pending == nil {
		return
	}
	if n.counter == nil {
		n.counter = map[records.Kind]records.Change{}
	}
	n.taken[n.pending.kind]++
	n.counter[n.pending.kind] = n.pending.counter
	n.pending = nil
}

func (n *numbering) counters() []records.Change {
	var out []records.Change
	for _, c := range n.counter {
		out = append(out, c)
	}
	return out
}
