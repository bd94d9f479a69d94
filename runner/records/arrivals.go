package records

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"slipway/runner/table"
)

// Outcome is what became of an arrival.
type Outcome string

// The outcomes.
const (
	Registered Outcome = "registered" // it is a package now, or was one before
	Refused    Outcome = "refused"
	Gone       Outcome = "gone" // somebody had removed it before we came
)

// arrivalsKept is how long one can look up what became of an arrival. What was
// last seen of an object is kept for good.
const arrivalsKept = 30 * 24 * time.Hour

// Arrival says what became of an object that somebody put into the bucket.
type Arrival struct {
	Key       string    `json:"key"` // as the object is called in the bucket
	Version   string    `json:"version,omitempty"`
	Sequencer string    `json:"sequencer,omitempty"`
	At        time.Time `json:"at"` // when we were done with it
	Outcome   Outcome   `json:"outcome"`
	Why       string    `json:"why,omitempty"`     // it was refused
	Package   string    `json:"package,omitempty"` // it is registered as, with its version
	// Problems say which waiting projects could make no release of it, and why.
	Problems []string `json:"problems,omitempty"`
	// Projects are those of the problems, in their order, by name.
	Projects []string `json:"projects,omitempty"`
}

// LastArrival is the last thing that was seen of an object; false before that.
func (r *Records) LastArrival(ctx context.Context, object string) (Arrival, int64, bool, error) {
	return get[Arrival](ctx, r, lastArrivalKey(object))
}

// KeepArrival are the changes that note an arrival as the last of its object,
// if what was last seen of it is still at revision (0: nothing was).
func KeepArrival(a Arrival, id string, revision int64) []Change {
	last := table.Create(lastArrivalKey(a.Key), encode(a))
	if revision > 0 {
		last = table.Replace(lastArrivalKey(a.Key), encode(a), revision)
	}
	at := a.At.UTC().Format("2006-01-02T15:04:05.000000000Z")
	return []Change{last, table.Create(key("arrivals", at, id), encode(a)).Until(a.At.Add(arrivalsKept))}
}

// Arrivals are those of the last 30 days, newest first, at most limit.
func (r *Records) Arrivals(ctx context.Context, limit int) ([]Arrival, error) {
	return all[Arrival](ctx, r, table.Range{Partition: "arrivals", Descending: true, Limit: limit})
}

// An object may be called anything, at any length a key may have.
func lastArrivalKey(object string) table.Key {
	hash := sha256.Sum256([]byte(object))
	return key("arrival/"+hex.EncodeToString(hash[:]), "last")
}

// CompareSequencers says which of two events of one object came first: of
// hexadecimal texts that count as equally long, with zeros to their right, the
// smaller.
func CompareSequencers(a, b string) int {
	a, b = strings.ToUpper(a), strings.ToUpper(b)
	most := max(len(a), len(b))
	return cmp.Compare(a+strings.Repeat("0", most-len(a)), b+strings.Repeat("0", most-len(b)))
}
