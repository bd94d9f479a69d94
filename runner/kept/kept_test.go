package kept

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/blobs"
)

// bucket is a Store in memory.
type bucket map[string]string

func (b bucket) List(context.Context) ([]string, error) { return slices.Sorted(maps.Keys(b)), nil }

func (b bucket) Get(_ context.Context, key string) ([]byte, error) {
	text, ok := b[key]
	if !ok {
		return nil, fmt.Errorf("%s: %w", key, blobs.ErrNotFound)
	}
	return []byte(text), nil
}

func (b bucket) Delete(_ context.Context, key string) error { delete(b, key); return nil }

const (
	asyncKey  = "aws/lambda/async/slipway-runner/2026/11/20/2026-11-20T14.01.20-7f3c19ab-0000-4000-8000-000000000001"
	streamKey = "aws/lambda/0f1e2d3c-0000-4000-8000-000000000002/shardId-00000001/2026/11/20/2026-11-20T12.44.02-19ab7f3c"
)

// asynchronous is a record as Lambda writes it of an asynchronous invocation.
func asynchronous(payload, answer string) string {
	return `{"version":"1.0","timestamp":"2026-11-20T14:01:19.687Z","requestContext":{"requestId":"e4b46cbf-b738","functionArn":"arn:aws:lambda:eu-central-1:111122223333:function:slipway-runner:$LATEST","condition":"RetriesExhausted","approximateInvokeCount":3},` +
		`"requestPayload":` + payload + `,"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},"responsePayload":` + answer + `}`
}

// ofStream is a record as Lambda writes it of a batch of a table's stream.
func ofStream(payload string) string {
	return `{"requestContext":{"requestId":"316aa6d0-8154","functionArn":"arn:aws:lambda:eu-central-1:111122223333:function:slipway-runner","condition":"RetryAttemptsExhausted","approximateInvokeCount":6},` +
		`"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},"version":"1.0","timestamp":"2026-11-20T12:44:02.717Z",` +
		`"DDBStreamBatchInfo":{"shardId":"shardId-00000001","startSequenceNumber":"800000000003126276362","endSequenceNumber":"800000000003126276363","approximateArrivalOfFirstRecord":"2026-11-20T12:40:19Z","approximateArrivalOfLastRecord":"2026-11-20T12:40:19Z","batchSize":2,"streamArn":"arn:aws:dynamodb:eu-central-1:111122223333:table/slipway/stream/2026"}` + payload + `}`
}

const (
	arrival = `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"packages/Random+Quotes.1.0.9.nupkg"}}}]}`
	batch   = `{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"Keys":{"p":{"S":"deployment/Deployments-51"},"s":{"S":"turn/0000000001"}},"SequenceNumber":"1"}},{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"Keys":{"p":{"S":"deployment/Deployments-52"},"s":{"S":"turn/0000000001"}},"SequenceNumber":"2"}}]}`
)

func TestRecords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, key, record string
		want              Event
	}{
		{"asynchronous", asyncKey, asynchronous(arrival, `{"errorMessage":"no space left","errorType":"internal"}`), Event{
			At: time.Date(2026, 11, 20, 14, 1, 19, 687000000, time.UTC), What: `Package "Random Quotes.1.0.9.nupkg"`, Why: "no space left", Tries: 3, Payload: []byte(arrival)}},
		{"a crash without a message", asyncKey, asynchronous(arrival, `null`), Event{
			At: time.Date(2026, 11, 20, 14, 1, 19, 687000000, time.UTC), What: `Package "Random Quotes.1.0.9.nupkg"`,
			Why: "it failed at every try; the function's log says why, under request e4b46cbf-b738", Tries: 3, Payload: []byte(arrival)}},
		{"stream", streamKey, ofStream(`,"payload":` + fmt.Sprintf("%q", batch)), Event{
			At: time.Date(2026, 11, 20, 12, 44, 2, 717000000, time.UTC), What: "Turns of 2 deployments", Deployments: []string{"Deployments-51", "Deployments-52"},
			Why: "it failed at every try; the function's log says why, under request 316aa6d0-8154", Tries: 6, Payload: []byte(batch)}},
		{"stream, the event as an object", streamKey, ofStream(`,"payload":` + batch), Event{
			At: time.Date(2026, 11, 20, 12, 44, 2, 717000000, time.UTC), What: "Turns of 2 deployments", Deployments: []string{"Deployments-51", "Deployments-52"},
			Why: "it failed at every try; the function's log says why, under request 316aa6d0-8154", Tries: 6, Payload: []byte(batch)}},
		{"stream without the event", streamKey, ofStream(``), Event{
			At: time.Date(2026, 11, 20, 12, 44, 2, 717000000, time.UTC), What: "2 changes of the table that the record does not hold",
			Why: "it failed at every try; the function's log says why, under request 316aa6d0-8154", Tries: 6}},
		{"no JSON", asyncKey, "<html>", Event{At: time.Date(2026, 11, 20, 14, 1, 20, 0, time.UTC), What: "An unreadable record", Why: "what lies at this key is no JSON as Lambda writes it"}},
		{"nothing in it", Folder + "x", "{}", Event{What: "An event that the record does not hold", Why: "the record does not say why"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := Events{Store: bucket{c.key: c.record}}
			c.want.Key = c.key
			got, err := e.Get(t.Context(), c.key)
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestWhatArrived(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ payload, want, about string }{
		{`{"slipway":"timer","id":"Deployments-12-3-1","payload":""}`, `Timer "Deployments-12-3-1"`, "Deployments-12"},
		{`{"slipway":"look","deployment":"Deployments-1"}`, "Order to look at a deployment", "Deployments-1"},
		{`{"slipway":"check","target":"Machines-1"}`, `Order "check"`, ""},
		{`{"source":"aws.s3","detail-type":"Object Created","detail":{"object":{"key":"store/reports/Deployments-12-m3x9q2.t3.1/end"}}}`, "Report of attempt Deployments-12-m3x9q2.t3.1", "Deployments-12"},
		{`{"source":"aws.s3","detail-type":"Object Created","detail":{"object":{"key":"elsewhere"}}}`, `Object "elsewhere"`, ""},
		{`{"Records":[{"eventSource":"aws:s3"},{"eventSource":"aws:s3"}]}`, "2 objects in the bucket", ""},
		{`{"source":"aws.ssm","detail":{"command-id":"e8d3","status":"Success"}}`, "End of the SSM command e8d3: Success", ""},
		{`{"RequestType":"Create","ResponseURL":"https://x"}`, "Create of the stack", ""},
		{`{"Records":[{"eventSource":"aws:dynamodb","eventName":"REMOVE","dynamodb":{"Keys":{"p":{"S":"place/P/E"},"s":{"S":"slot"}}}}]}`, "A place that became free", ""},
		{`{"Records":[{"eventSource":"aws:dynamodb","eventName":"MODIFY"}]}`, "1 change of the table", ""},
		{`{"hello":1}`, "An event of an unknown kind", ""},
		{`{"slipway":"look","deployment":"Deployments-"}`, "Order to look at a deployment", ""},
	} {
		got, err := (&Events{Store: bucket{asyncKey: asynchronous(c.payload, "null")}}).Get(t.Context(), asyncKey)
		if err != nil || got.What != c.want || strings.Join(got.Deployments, " ") != c.about {
			t.Errorf("%s: %q about %q, %v; want %q about %q", c.payload, got.What, got.Deployments, err, c.want, c.about)
		}
	}
}

func TestListIsNewestFirstAndBounded(t *testing.T) {
	t.Parallel()
	b := bucket{}
	for i := range Most + 5 {
		at := time.Date(2026, 11, 20, 14, i, 0, 0, time.UTC)
		b[fmt.Sprintf("aws/lambda/%d/%s-x", i%3, at.Format("2006-01-02T15.04.05"))] = fmt.Sprintf(`{"timestamp":%q}`, at.Format(time.RFC3339))
	}
	all, err := (&Events{Store: b}).List(t.Context())
	if err != nil || len(all) != Most {
		t.Fatalf("%d events, %v; want %d", len(all), err, Most)
	}
	if first, want := all[0].At, time.Date(2026, 11, 20, 14, Most+4, 0, 0, time.UTC); !first.Equal(want) {
		t.Errorf("the first is of %s, want %s", first, want)
	}
	if !slices.IsSortedFunc(all, func(a, b Event) int { return b.At.Compare(a.At) }) {
		t.Error("the newest do not come first")
	}
}

// vanishing lists a record that somebody else has dealt with by the time it is read.
type vanishing struct{ bucket }

func (v vanishing) List(ctx context.Context) ([]string, error) {
	all, err := v.bucket.List(ctx)
	return append(all, Folder+"gone"), err
}

func TestListPassesOverWhatIsGone(t *testing.T) {
	t.Parallel()
	all, err := (&Events{Store: vanishing{bucket{asyncKey: "{}"}}}).List(t.Context())
	if err != nil || len(all) != 1 {
		t.Errorf("%d events, %v; want the one that is there", len(all), err)
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, answer string
		err          error
		refused      string
	}{
		{"works", "null", nil, ""},
		{"works as a batch", `{"batchItemFailures":[]}`, nil, ""},
		{"fails", "", errors.New("no space left\nstack"), "it failed again, and is still kept: no space left"},
		{"fails within the batch", `{"batchItemFailures":[{"itemIdentifier":"2"}]}`, nil, "it failed again, and is still kept: the change 2 of the table's stream still goes wrong; the function's log says why"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, given := bucket{streamKey: ofStream(`,"payload":` + fmt.Sprintf("%q", batch))}, ""
			e := Events{Store: b, Handle: func(_ context.Context, payload []byte) ([]byte, error) {
				given = string(payload)
				return []byte(c.answer), c.err
			}}
			err := e.Replay(t.Context(), streamKey)
			if given != batch {
				t.Errorf("the handler got %s, want the event as it arrived", given)
			}
			if c.refused == "" && (err != nil || len(b) != 0) || c.refused != "" && (pipelines.CodeOf(err) != pipelines.Conflict || err.Error() != c.refused || len(b) != 1) {
				t.Errorf("got %v, %d records; want %q", err, len(b), c.refused)
			}
		})
	}
}

func TestWhatCannotBeReplayed(t *testing.T) {
	t.Parallel()
	e := Events{Store: bucket{streamKey: ofStream(``)}, Handle: func(context.Context, []byte) ([]byte, error) {
		t.Error("the handler was called")
		return nil, nil
	}}
	if err := e.Replay(t.Context(), streamKey); pipelines.CodeOf(err) != pipelines.Conflict {
		t.Errorf("without the event: %v, want a conflict", err)
	}
	if err := e.Replay(t.Context(), Folder+"nothing"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("without a record: %v, want not found", err)
	}
}

// A key comes from a form: the rest of the bucket must be out of its reach.
func TestForeignKeys(t *testing.T) {
	t.Parallel()
	b := bucket{"packages/A.1.0.0.zip": "{}", "store/x": "{}", asyncKey: "{}"}
	e := Events{Store: b}
	for _, key := range []string{"packages/A.1.0.0.zip", "store/x", "", Folder, "/" + asyncKey} {
		_, got := e.Get(t.Context(), key)
		for _, err := range []error{got, e.Forget(t.Context(), key), e.Replay(t.Context(), key)} {
			if pipelines.CodeOf(err) != pipelines.NotFound {
				t.Errorf("%q: %v, want not found", key, err)
			}
		}
	}
	if err := e.Forget(t.Context(), asyncKey); err != nil || len(b) != 2 {
		t.Errorf("Forget: %v, %d objects are left, want the two that are no events", err, len(b))
	}
}
