package sources

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"sync"
	"time"
)

// Stream is an event source mapping from a table's stream to a function; its fields are those of AWS's.
type Stream struct {
	Endpoint string // of DynamoDB
	Table    string
	Region   string
	Account  string
	Function Function

	Takes     func(record []byte) (bool, error) // the filter criteria; nil takes all
	BatchSize int
	Wide      int // ParallelizationFactor
	Retries   int // MaximumRetryAttempts; -1 is without end
	MaxAge    time.Duration
	Bisect    bool
	Partial   bool // ReportBatchItemFailures

	Pause     time.Duration // before a batch is given again; 0 is 100 ms
	Twice     bool          // give each batch that succeeded once more
	OnFailure func(key string, record []byte)
	Log       func(format string, args ...any)

	id    string
	arn   string
	lanes []*lane
	calls calls
}

// record is one change, as the stream gives it and as the function gets it.
type record struct {
	raw      json.RawMessage
	sequence string
	shard    string
	at       time.Time
}

// lane is the queue of some partition keys: "Lambda ensures in-order processing at the item (partition and sort key) level" with several
// batches of a shard at once (Polling and batching streams); one item's changes are always in one lane.
type lane struct {
	mu    sync.Mutex
	queue []record
	more  chan struct{}
}

// idle: "Lambda polls shards in your DynamoDB stream for records at a base rate of 4 times per second."
const idle = 250 * time.Millisecond

// Run carries events until ctx ends.
func (s *Stream) Run(ctx context.Context) error {
	s.id, s.calls = newID(), calls{endpoint: s.Endpoint, region: s.Region}
	if s.Log == nil {
		s.Log = func(string, ...any) {}
	}
	if s.Pause == 0 {
		s.Pause = 100 * time.Millisecond
	}
	var group sync.WaitGroup
	defer group.Wait()
	for range max(1, s.Wide) {
		l := &lane{more: make(chan struct{}, 1)}
		s.lanes = append(s.lanes, l)
		group.Go(func() { s.work(ctx, l) })
	}
	seen := map[string]chan struct{}{} // shards that are read; closed when to their end
	for ctx.Err() == nil {
		shards, err := s.shards(ctx)
		if err != nil {
			s.Log("stream of %s: %v", s.Table, err)
		}
		for _, sh := range shards {
			if _, ok := seen[sh.ShardId]; ok {
				continue
			}
			ended := make(chan struct{})
			seen[sh.ShardId] = ended
			// A child's records come after its parent's.
			parent := seen[sh.ParentShardId]
			group.Go(func() {
				defer close(ended)
				if parent != nil {
					select {
					case <-parent:
					case <-ctx.Done():
						return
					}
				}
				s.follow(ctx, sh.ShardId)
			})
		}
		wait(ctx, 4*idle)
	}
	return nil
}

// follow reads one shard to its end. What goes wrong is read again from the last record on.
func (s *Stream) follow(ctx context.Context, shard string) {
	last, iterator := "", ""
	for ctx.Err() == nil {
		var err error
		if iterator == "" {
			if iterator, err = s.iterator(ctx, shard, last); err != nil {
				s.Log("iterator of %s: %v", shard, err)
				wait(ctx, idle)
				continue
			}
		}
		records, next, err := s.records(ctx, shard, iterator)
		if err != nil {
			s.Log("records of %s: %v", shard, err)
			iterator = ""
			wait(ctx, idle)
			continue
		}
		for _, r := range records {
			last = r.sequence
			s.offer(r)
		}
		if iterator = next; iterator == "" {
			return // the shard is closed and read
		}
		if len(records) == 0 {
			wait(ctx, idle)
		}
	}
}

// offer puts a record into its lane, if the filter wants it: what does not match is gone and costs nothing.
func (s *Stream) offer(r record) {
	if s.Takes != nil {
		ok, err := s.Takes(r.raw)
		if err != nil {
			s.Log("filter: %v", err)
		}
		if !ok {
			return
		}
	}
	var about struct {
		Dynamodb struct {
			Keys map[string]json.RawMessage
		}
	}
	_ = json.Unmarshal(r.raw, &about)
	h := fnv.New32a()
	_, _ = h.Write(about.Dynamodb.Keys["p"])
	l := s.lanes[h.Sum32()%uint32(len(s.lanes))]
	l.mu.Lock()
	l.queue = append(l.queue, r)
	l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// work gives a lane's records to the function, one batch after the other.
func (s *Stream) work(ctx context.Context, l *lane) {
	for {
		l.mu.Lock()
		n := min(len(l.queue), max(1, s.BatchSize))
		batch := l.queue[:n:n]
		l.queue = l.queue[n:]
		l.mu.Unlock()
		if n > 0 {
			s.give(ctx, batch)
			continue
		}
		select {
		case <-l.more:
		case <-ctx.Done():
			return
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
