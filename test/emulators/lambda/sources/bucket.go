package sources

import (
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Bucket carries what a bucket tells to functions.
type Bucket struct {
	Rules  []BucketRule
	Bridge *Bus // where "Object Created" events go too; nil: nowhere

	mu      sync.Mutex
	twice   bool
	holding bool
	held    []func()
}

// BucketRule is one entry of the bucket's notification configuration.
type BucketRule struct {
	Prefix, Suffix string
	To             Function
}

// Twice lets each event be told twice from now on: "Amazon S3 event notifications are designed to be delivered at least once".
func (b *Bucket) Twice(yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.twice = yes
}

// Hold keeps events back until Release.
func (b *Bucket) Hold() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holding = true
}

// Release tells what was held back, the last first: "Event notifications are not guaranteed to arrive in the order that the events occurred."
func (b *Bucket) Release() int {
	b.mu.Lock()
	held := b.held
	b.held, b.holding = nil, false
	b.mu.Unlock()
	for i := len(held) - 1; i >= 0; i-- {
		held[i]()
	}
	return len(held)
}

// Held is how many events are kept back.
func (b *Bucket) Held() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.held)
}

// Tell takes AWS's event notification and carries it on.
func (b *Bucket) Tell(event []byte) {
	carry := func() { b.carry(event) }
	b.mu.Lock()
	if b.holding {
		b.held = append(b.held, carry)
		b.mu.Unlock()
		return
	}
	b.mu.Unlock()
	carry()
}

func (b *Bucket) carry(event []byte) {
	b.mu.Lock()
	times := 1
	if b.twice {
		times = 2
	}
	b.mu.Unlock()
	key := keyOf(event)
	for range times {
		for _, r := range b.Rules {
			if strings.HasPrefix(key, r.Prefix) && strings.HasSuffix(key, r.Suffix) {
				// "Amazon S3 invokes your function asynchronously" (Process Amazon S3 event notifications with Lambda).
				_, _ = r.To.InvokeAsync(event)
			}
		}
		if b.Bridge != nil {
			b.Bridge.Put(bridged(event))
		}
	}
}

type notification struct {
	Records []struct {
		AWSRegion string    `json:"awsRegion"`
		EventTime time.Time `json:"eventTime"`
		EventName string    `json:"eventName"`
		S3        struct {
			Bucket struct {
				Name string `json:"name"`
			} `json:"bucket"`
			Object struct {
				Key       string `json:"key"`
				Size      int64  `json:"size"`
				ETag      string `json:"eTag"`
				VersionID string `json:"versionId"`
				Sequencer string `json:"sequencer"`
			} `json:"object"`
		} `json:"s3"`
	}
}

func keyOf(event []byte) string {
	var n notification
	if json.Unmarshal(event, &n) != nil || len(n.Records) == 0 {
		return ""
	}
	key, _ := url.QueryUnescape(n.Records[0].S3.Object.Key)
	return key
}

// bridged is the same as EventBridge has it: the key is not encoded there, "reason" says which call made the object (EventBridge event
// message structure, Amazon S3 User Guide).
func bridged(event []byte) []byte {
	var n notification
	if json.Unmarshal(event, &n) != nil || len(n.Records) == 0 {
		return nil
	}
	r := n.Records[0]
	key, _ := url.QueryUnescape(r.S3.Object.Key)
	object := map[string]any{"key": key, "size": r.S3.Object.Size, "etag": r.S3.Object.ETag, "sequencer": r.S3.Object.Sequencer}
	if r.S3.Object.VersionID != "" {
		object["version-id"] = r.S3.Object.VersionID
	}
	reason := map[string]string{"ObjectCreated:Put": "PutObject", "ObjectCreated:Post": "POST Object", "ObjectCreated:Copy": "CopyObject", "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload"}[r.EventName]
	b, _ := json.Marshal(map[string]any{
		"version": "0", "id": newID(), "detail-type": "Object Created", "source": "aws.s3", "account": "123456789012", "time": r.EventTime.UTC().Format(time.RFC3339),
		"region": r.AWSRegion, "resources": []string{"arn:aws:s3:::" + r.S3.Bucket.Name},
		"detail": map[string]any{"version": "0", "bucket": map[string]string{"name": r.S3.Bucket.Name}, "object": object, "request-id": "0", "requester": "123456789012", "source-ip-address": "127.0.0.1", "reason": reason},
	})
	return b
}

// Bus is an event bus.
type Bus struct {
	Rules []BusRule
	Log   func(format string, args ...any)
}

// BusRule sends what matches to its functions.
type BusRule struct {
	Matches func(event []byte) (bool, error)
	To      []Function
}

// Put carries one event to the targets of each rule that matches, asynchronously: "EventBridge invokes your Lambda function asynchronously".
func (b *Bus) Put(event []byte) {
	for _, r := range b.Rules {
		ok, err := r.Matches(event)
		if err != nil && b.Log != nil {
			b.Log("rule: %v", err)
		}
		for _, f := range r.To {
			if ok {
				_, _ = f.InvokeAsync(event)
			}
		}
	}
}
