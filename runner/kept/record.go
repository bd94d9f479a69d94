package kept

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"slipway/pipelines"
)

// read takes a record apart. Lambda writes two forms: of asynchronous invocations, with requestPayload and
// responsePayload, and of event source mappings, with payload (the whole event as text) and the place in the stream.
func read(key string, record []byte) Event {
	e := Event{Key: key, At: inKey(key)}
	if !gjson.ValidBytes(record) || !gjson.ParseBytes(record).IsObject() {
		e.What, e.Why = "An unreadable record", "what lies at this key is no JSON as Lambda writes it"
		return e
	}
	root := gjson.ParseBytes(record)
	if at, err := time.Parse(time.RFC3339, root.Get("timestamp").Str); err == nil {
		e.At = at.UTC()
	}
	e.Tries = int(root.Get("requestContext.approximateInvokeCount").Int())
	e.Why = why(root)
	e.Payload = payload(root)
	if e.Payload == nil {
		e.What = "An event that the record does not hold"
		if root.Get("DDBStreamBatchInfo").Exists() {
			e.What = fmt.Sprintf("%s of the table that the record does not hold", count(root.Get("DDBStreamBatchInfo.batchSize").Int(), "change"))
		}
		return e
	}
	e.What, e.Deployments = describe(gjson.ParseBytes(e.Payload))
	return e
}

// payload is the event as it arrived: an object in one form, text with an object in it in the other.
func payload(root gjson.Result) []byte {
	for _, name := range []string{"requestPayload", "payload"} {
		at := root.Get(name)
		switch {
		case at.IsObject():
			return []byte(at.Raw)
		case at.Type == gjson.String && gjson.Valid(at.Str) && gjson.Parse(at.Str).IsObject():
			return []byte(at.Str)
		}
	}
	return nil
}

// conditions are the reasons for which Lambda gives up, as it names them.
var conditions = map[string]string{
	"RetriesExhausted":         "it failed at every try",
	"RetryAttemptsExhausted":   "it failed at every try",
	"EventAgeExceeded":         "it waited longer than the stack allows",
	"RecordAgeExceeded":        "it waited longer than the stack allows",
	"MaximumRecordAgeExceeded": "it waited longer than the stack allows",
}

func why(root gjson.Result) string {
	for _, name := range []string{"responsePayload.errorMessage", "responseContext.functionError"} {
		if text := root.Get(name).Str; text != "" && text != "Unhandled" {
			return text
		}
	}
	// A stream's record has no message of ours: the log of the call has it.
	condition := root.Get("requestContext.condition").Str
	text, ok := conditions[condition]
	if !ok {
		text = condition
	}
	if text == "" {
		text = "the record does not say why"
	}
	if request := root.Get("requestContext.requestId").Str; request != "" {
		text += "; the function's log says why, under request " + request
	}
	return text
}

// inKey is the time that Lambda writes into the name of a record.
func inKey(key string) time.Time {
	const layout = "2006-01-02T15.04.05"
	name := key[strings.LastIndexByte(key, '/')+1:]
	if len(name) < len(layout) {
		return time.Time{}
	}
	at, err := time.Parse(layout, name[:len(layout)])
	if err != nil {
		return time.Time{}
	}
	return at
}

// batchError is what the answer to a batch says went wrong: the call itself succeeds then.
func batchError(answer []byte) error {
	if failed := gjson.GetBytes(answer, "batchItemFailures.0.itemIdentifier").Str; failed != "" {
		return pipelines.Refuse(pipelines.Conflict, "the change %s of the table's stream still goes wrong; the function's log says why", failed)
	}
	return nil
}
