package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// maxAsync: "For asynchronous invocations, the maximum payload size is 1 MB" (API reference, Invoke).
const maxAsync = 1 << 20

// ErrTooLarge says that an event is larger than Lambda takes.
var ErrTooLarge = errors.New("RequestTooLargeException")

// InvokeAsync takes an event and returns before it is run.
func (f *Function) InvokeAsync(event []byte) (requestID string, err error) {
	if len(event) > maxAsync {
		return "", ErrTooLarge
	}
	id := newID()
	f.background.Go(func() { f.attempt(id, event) })
	return id, nil
}

// attempt runs the event until it succeeds: "By default, Lambda retries an error two more times" (How Lambda handles errors and retries
// with asynchronous invocation). All attempts bear one request ID.
func (f *Function) attempt(id string, event []byte) {
	var last Result
	for i := 0; i <= len(f.settings.Retries); i++ {
		if i > 0 && !f.pause(f.settings.Retries[i-1]) {
			return
		}
		var err error
		if last, err = f.patiently(id, event); err != nil {
			return // the function is closed
		}
		if last.Error == "" {
			return
		}
	}
	if f.settings.OnFailure != nil {
		now := time.Now().UTC()
		f.settings.OnFailure(fmt.Sprintf("aws/lambda/async/%s/%s-%s", f.settings.Name, now.Format("2006/01/02/2006-01-02T15.04.05"), newID()), f.failedRecord(now, event, last))
	}
}

// patiently waits while the function is throttled: "If the function doesn't have enough concurrency available to process all events,
// additional requests are throttled", and Lambda "returns the event to the queue"; that is no attempt.
func (f *Function) patiently(id string, event []byte) (Result, error) {
	for {
		f.mu.Lock()
		freed := f.freed
		f.mu.Unlock()
		result, err := f.run(f.ctx, id, event)
		if !errors.Is(err, ErrThrottled) {
			return result, err
		}
		select {
		case <-freed:
		case <-f.ctx.Done():
			return Result{}, f.ctx.Err()
		}
	}
}

func (f *Function) pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-f.ctx.Done():
		return false
	}
}

// failedRecord: "The invocation record contains details about the request and response in JSON format" (Capturing records of Lambda
// asynchronous invocations). The key above is the same page's: aws/lambda/async/<function-name>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<Random UUID>.
func (f *Function) failedRecord(now time.Time, event []byte, last Result) []byte {
	type document map[string]any
	b, _ := json.Marshal(document{
		"version": "1.0", "timestamp": now.Format("2006-01-02T15:04:05.000Z"),
		"requestContext": document{"requestId": last.RequestID, "functionArn": f.ARN() + ":$LATEST", "condition": "RetriesExhausted",
			"approximateInvokeCount": len(f.settings.Retries) + 1},
		"requestPayload":  asJSON(event),
		"responseContext": document{"statusCode": 200, "executedVersion": "$LATEST", "functionError": last.Error},
		"responsePayload": asJSON(last.Payload),
	})
	return b
}

// asJSON is the text itself where it is JSON, else the text as a JSON string.
func asJSON(b []byte) json.RawMessage {
	if json.Valid(b) {
		return b
	}
	s, _ := json.Marshal(string(b))
	return s
}
