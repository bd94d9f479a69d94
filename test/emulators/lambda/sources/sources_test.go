package sources_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/test/emulators/dynamodb"
	"slipway/test/emulators/lambda"
	"slipway/test/emulators/lambda/sources"
)

// listener is a function that notes what it gets and answers as it is told.
type listener struct {
	mu     sync.Mutex
	got    [][]string // sort keys of each batch
	async  []string
	answer func(keys, sequences []string) (payload, failure string)
}

func (l *listener) ARN() string { return "arn:aws:lambda:eu-central-1:123456789012:function:listener" }

func (l *listener) InvokeAsync(event []byte) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.async = append(l.async, string(event))
	return "id", nil
}

func (l *listener) Invoke(_ context.Context, event []byte) (lambda.Result, error) {
	var e struct {
		Records []struct {
			EventName, EventSource, EventSourceARN string
			Dynamodb                               struct {
				Keys           map[string]map[string]string
				SequenceNumber string
			}
		}
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return lambda.Result{}, err
	}
	var keys, sequences []string
	for _, r := range e.Records {
		if r.EventSource != "aws:dynamodb" || r.EventSourceARN == "" {
			return lambda.Result{}, fmt.Errorf("not a stream's record: %s", event)
		}
		keys, sequences = append(keys, r.Dynamodb.Keys["s"]["S"]), append(sequences, r.Dynamodb.SequenceNumber)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got = append(l.got, keys)
	payload, failure := "", ""
	if l.answer != nil {
		payload, failure = l.answer(keys, sequences)
	}
	return lambda.Result{RequestID: "r", Payload: []byte(payload), Error: failure}, nil
}

func (l *listener) flat() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Concat(l.got...)
}

func put(t *testing.T, s *dynamodb.Server, table, partition, sort string) {
	t.Helper()
	body := fmt.Sprintf(`{"TableName":%q,"Item":{"p":{"S":%q},"s":{"S":%q}}}`, table, partition, sort)
	r, _ := http.NewRequest("POST", s.Endpoint(), bytes.NewReader([]byte(body)))
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.PutItem")
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=TEST/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		t.Fatalf("put: %s %s", res.Status, b)
	}
}

func run(t *testing.T, s *sources.Stream, db *dynamodb.Server) {
	t.Helper()
	s.Endpoint, s.Region, s.Account, s.Log, s.Pause = db.Endpoint(), "eu-central-1", "123456789012", t.Logf, time.Millisecond
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
}

func until(t *testing.T, what string, state func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !state(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

func TestAStreamKeepsOrderAndFilters(t *testing.T) {
	t.Parallel()
	db := dynamodb.Need(t)
	l, table := &listener{}, db.Table(t)
	for i := range 12 { // before the mapping is there: it begins at the oldest
		put(t, db, table, "deployment/1", fmt.Sprintf("turn/%02d", i))
		put(t, db, table, "deployment/1", fmt.Sprintf("other/%02d", i))
	}
	run(t, &sources.Stream{Table: table, Function: l, BatchSize: 5, Wide: 10, Retries: 5,
		Takes: func(r []byte) (bool, error) { return bytes.Contains(r, []byte("turn/")), nil }}, db)
	for i := 12; i < 15; i++ {
		put(t, db, table, "deployment/1", fmt.Sprintf("turn/%02d", i))
	}
	until(t, "all turns", func() bool { return len(l.flat()) >= 15 })
	got := l.flat()
	if !slices.IsSorted(got) || len(got) != 15 || got[14] != "turn/14" {
		t.Errorf("records = %v, want the turns in order, each once", got)
	}
	for _, batch := range l.got {
		if len(batch) > 5 {
			t.Errorf("a batch of %d", len(batch))
		}
	}
}

func TestAPoisonedRecordIsIsolatedAndKept(t *testing.T) {
	t.Parallel()
	db := dynamodb.Need(t)
	for name, c := range map[string]struct {
		partial bool
		answer  func(keys, sequences []string) (string, string)
	}{
		"the function fails": {false, func(keys, _ []string) (string, string) {
			if slices.Contains(keys, "poison") {
				return `{"errorMessage":"no"}`, "Unhandled"
			}
			return "null", ""
		}},
		"the function names it": {true, func(keys, sequences []string) (string, string) {
			if i := slices.Index(keys, "poison"); i >= 0 {
				return `{"batchItemFailures":[{"itemIdentifier":"` + sequences[i] + `"}]}`, ""
			}
			return `{"batchItemFailures":[]}`, ""
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			type kept struct{ key, record string }
			failures := make(chan kept, 4)
			l, table := &listener{answer: c.answer}, db.Table(t)
			for _, key := range []string{"a", "b", "poison", "x", "y"} {
				put(t, db, table, "one", key)
			}
			run(t, &sources.Stream{Table: table, Function: l, BatchSize: 10, Wide: 2, Retries: 2, Bisect: true, Partial: c.partial,
				OnFailure: func(key string, record []byte) { failures <- kept{key, string(record)} }}, db)
			f := <-failures
			if !regexp.MustCompile(`^aws/lambda/[0-9a-f-]{36}/[^/]+/\d{4}/\d\d/\d\d/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$`).MatchString(f.key) {
				t.Errorf("key = %s", f.key)
			}
			var record struct {
				RequestContext     struct{ Condition string }
				DDBStreamBatchInfo struct{ BatchSize int }
				Payload            string
			}
			if err := json.Unmarshal([]byte(f.record), &record); err != nil || record.RequestContext.Condition != "RetryAttemptsExhausted" ||
				record.DDBStreamBatchInfo.BatchSize != 1 || !strings.Contains(record.Payload, `"poison"`) {
				t.Errorf("record = %s, %v, want the one poisoned record", f.record, err)
			}
			until(t, "what comes after it", func() bool { all := l.flat(); return len(all) > 0 && all[len(all)-1] == "y" })
			n := 0
			for _, key := range l.flat() {
				if key == "poison" {
					n++
				}
			}
			if n < 3 {
				t.Errorf("it was given %d times, want at least 3", n)
			}
		})
	}
}

const told = `{"Records":[{"awsRegion":"eu-central-1","eventName":"ObjectCreated:Put","eventTime":"2026-01-02T03:04:05.000Z","s3":{"bucket":{"name":"b"},"object":{"key":"packages/a+b%2Bc.nupkg","size":3,"eTag":"e","versionId":"v","sequencer":"0A"}}}]}`

func TestABucketTells(t *testing.T) {
	t.Parallel()
	packages, bus := &listener{}, &listener{}
	b := &sources.Bucket{Rules: []sources.BucketRule{{Prefix: "packages/", To: packages}, {Prefix: "packages/", Suffix: ".zip", To: packages}},
		Bridge: &sources.Bus{Rules: []sources.BusRule{{Matches: func(e []byte) (bool, error) { return bytes.Contains(e, []byte("Object Created")), nil }, To: []sources.Function{bus}}}}}
	b.Tell([]byte(told))
	b.Twice(true)
	b.Hold()
	b.Tell([]byte(strings.ReplaceAll(told, "0A", "0B")))
	b.Tell([]byte(strings.ReplaceAll(told, "0A", "0C")))
	if n := b.Release(); n != 2 || b.Held() != 0 {
		t.Errorf("%d held back, want 2", n)
	}
	var order []string
	for _, e := range packages.async {
		order = append(order, regexp.MustCompile(`"sequencer":"(..)"`).FindStringSubmatch(e)[1])
	}
	if fmt.Sprint(order) != "[0A 0C 0C 0B 0B]" {
		t.Errorf("order = %v, want the second ones twice and the last first", order)
	}
	if len(bus.async) != 5 || !strings.Contains(bus.async[0], `"key":"packages/a b+c.nupkg"`) || !strings.Contains(bus.async[0], `"reason":"PutObject"`) {
		t.Errorf("bridged = %v", bus.async)
	}
}
