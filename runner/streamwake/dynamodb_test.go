package streamwake_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"slipway/runner/streamwake"
	"slipway/runner/waketest"
	"slipway/test/emulators/dynamodb"
	"slipway/test/emulators/lambda"
	"slipway/test/emulators/lambda/sources"
)

// real is the stream of a table in DynamoDB Local, carried as an event source mapping does. Each process begins at the
// oldest change, so that a restart tells all of it again.
type real struct {
	server    *dynamodb.Server
	table     string
	t         *testing.T
	committed atomic.Int64
	told      atomic.Int64 // since the process began
}

func (r *real) commit(t *testing.T, deployment string) {
	t.Helper()
	body := fmt.Sprintf(`{"TableName":%q,"Item":{"p":{"S":%q},"s":{"S":"turn/%010d"},"o":{"S":"web"}}}`, r.table, "deployment/"+deployment, r.committed.Add(1))
	q, err := http.NewRequest("POST", r.server.Endpoint(), bytes.NewReader([]byte(body)))
	if err != nil {
		t.Error(err)
		return
	}
	q.Header.Set("X-Amz-Target", "DynamoDB_20120810.PutItem")
	q.Header.Set("Content-Type", "application/x-amz-json-1.0")
	q.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Error(err)
		return
	}
	defer answer.Body.Close()
	if b, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		t.Errorf("put: %s %s", answer.Status, b)
	}
}

func (r *real) follow(ctx context.Context, to func(streamwake.Change)) {
	r.told.Store(0)
	s := &sources.Stream{
		Endpoint: r.server.Endpoint(), Region: "eu-central-1", Account: "123456789012", Table: r.table, BatchSize: 10, Wide: 10, Retries: 5, Partial: true, Bisect: true,
		Log:      func(format string, args ...any) {},
		Function: told{func(c streamwake.Change) { to(c); r.told.Add(1) }},
	}
	_ = s.Run(ctx)
}

// told is the function at the end of the stream.
type told struct{ to func(streamwake.Change) }

func (told) ARN() string { return "arn:aws:lambda:eu-central-1:123456789012:function:runner" }

func (told) InvokeAsync([]byte) (string, error) {
	return "", fmt.Errorf("a stream waits for its function")
}

func (f told) Invoke(_ context.Context, event []byte) (lambda.Result, error) {
	gjson.GetBytes(event, "Records").ForEach(func(_, r gjson.Result) bool {
		keys := r.Get("dynamodb.Keys")
		f.to(streamwake.Change{Event: r.Get("eventName").Str, Partition: keys.Get("p.S").Str, Sort: keys.Get("s.S").Str})
		return true
	})
	return lambda.Result{Payload: []byte(`{"batchItemFailures":[]}`)}, nil
}

// settled waits until all that was committed is told, nothing waits to be repeated, and for a while nothing happens.
func (r *real) settled(v *invocations) {
	const quiet, most = 300 * time.Millisecond, 20 * time.Second
	last, since := -1, time.Now()
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		v.mu.Lock()
		changes, pausing, idle := v.changes, v.pausing, v.run == nil
		v.mu.Unlock()
		if changes != last || pausing > 0 || !idle && r.told.Load() < r.committed.Load() {
			last, since = changes, time.Now()
		}
		if time.Since(since) > quiet {
			return
		}
	}
	r.t.Errorf("after %s still: %d of %d changes told", most, r.told.Load(), r.committed.Load())
}

func TestWakeOverDynamoDB(t *testing.T) {
	t.Parallel()
	server := dynamodb.Need(t)
	waketest.Run(t, func(t *testing.T, check func(*testing.T, waketest.World)) {
		r := &real{server: server, table: server.Table(t), t: t}
		check(t, world(r, 20*time.Millisecond, func(v *invocations, _ time.Duration) { r.settled(v) }))
	})
}
