package lambda

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"slipway/pipelines"
	"slipway/pipelines/excerpt"
)

// kind is what an event is, told by the few fields that no other kind has.
type kind int

const (
	unknownEvent   kind = iota
	httpTwo             // payload format 2.0: Function URL, HTTP API
	httpOne             // payload format 1.0: REST API
	bucketRecords       // S3 event notification
	bucketBridged       // "Object Created" through EventBridge
	bucketTest          // what S3 sends when a notification is set up
	streamRecords       // DynamoDB stream
	commandStatus       // Run Command status change through EventBridge
	timerRang           // a schedule of ours
	ownCall             // {"slipway": …} from another part of Slipway
	customResource      // CloudFormation
)

var kindNames = [...]string{"unknown", "http", "http", "bucket", "bucket", "bucket test", "stream", "command", "timer", "own", "prepare"}

func (k kind) String() string { return kindNames[k] }

// recognise tells the kind of a payload without decoding all of it.
func recognise(payload []byte) kind {
	if !gjson.ValidBytes(payload) {
		return unknownEvent
	}
	root := gjson.ParseBytes(payload)
	if !root.IsObject() {
		return unknownEvent
	}
	if own := root.Get("slipway"); own.Type == gjson.String {
		if own.Str == "timer" {
			return timerRang
		}
		return ownCall
	}
	switch {
	case root.Get("requestContext.http.method").Type == gjson.String:
		return httpTwo
	case root.Get("httpMethod").Type == gjson.String && root.Get("requestContext").IsObject():
		return httpOne
	case root.Get("RequestType").Type == gjson.String && root.Get("ResponseURL").Type == gjson.String:
		return customResource
	case root.Get("Event").Str == "s3:TestEvent":
		return bucketTest
	}
	if records := root.Get("Records"); records.IsArray() {
		return recogniseRecords(records)
	}
	return recogniseBridged(root.Get("source").Str, root.Get("detail-type").Str)
}

// recogniseRecords wants all records to be of one source.
func recogniseRecords(records gjson.Result) kind {
	sources := map[string]bool{}
	records.ForEach(func(_, r gjson.Result) bool {
		sources[r.Get("eventSource").Str] = true
		return true
	})
	switch {
	case len(sources) != 1:
		return unknownEvent
	case sources["aws:s3"]:
		return bucketRecords
	case sources["aws:dynamodb"]:
		return streamRecords
	}
	return unknownEvent
}

func recogniseBridged(source, what string) kind {
	switch {
	case source == "aws.s3" && what == "Object Created":
		return bucketBridged
	case source == "aws.ssm" && strings.HasPrefix(what, "EC2 Command ") && strings.HasSuffix(what, "Status-change Notification"):
		return commandStatus
	}
	return unknownEvent
}

// unknown says what was seen of an event that has no door: names, never values, except those that say what it is.
func unknown(payload []byte) error {
	return pipelines.Refuse(pipelines.Invalid, "this function does not know what to do with %s: remove the trigger that sends it, or take a newer version of Slipway that knows it", seen(payload))
}

func seen(payload []byte) string {
	if !gjson.ValidBytes(payload) {
		return fmt.Sprintf("an event of %d bytes that is no JSON", len(payload))
	}
	root := gjson.ParseBytes(payload)
	switch {
	case !root.IsObject():
		return "an event that is no JSON object"
	case root.Get("source").Str != "" || root.Get("detail-type").Str != "":
		return fmt.Sprintf("the event %q of source %q", cut(root.Get("detail-type").Str), cut(root.Get("source").Str))
	}
	if records := root.Get("Records"); records.IsArray() {
		return seenRecords(records)
	}
	var keys []string
	root.ForEach(func(key, _ gjson.Result) bool {
		keys = append(keys, fmt.Sprintf("%q", cut(key.Str)))
		return len(keys) < 12
	})
	if len(keys) == 0 {
		return "an empty event"
	}
	return "an event with the keys " + strings.Join(keys, ", ")
}

func seenRecords(records gjson.Result) string {
	var sources []string
	records.ForEach(func(_, r gjson.Result) bool {
		source := r.Get("eventSource").Str
		if source == "" {
			source = r.Get("EventSource").Str // as SNS writes it
		}
		if name := fmt.Sprintf("%q", cut(source)); !slices.Contains(sources, name) {
			sources = append(sources, name)
		}
		return len(sources) < 6
	})
	if len(sources) == 0 {
		return "an event without records"
	}
	return "records of " + strings.Join(sources, " and ")
}

func cut(text string) string { return excerpt.Of(text, 60) }
