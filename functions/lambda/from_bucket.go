package lambda

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"slipway/runner/records"
	"slipway/runner/requests"
)

// The parts of the bucket that events are about.
const (
	arrivals = "packages/"
	reports  = "store/reports/"
	store    = "store/"
)

// created is one object that an event says was created.
type created struct {
	bucket string
	requests.Arrival
}

// fromBucket tells every object of the event to its door, even if one before it goes wrong: S3 repeats the event as a
// whole, and what went well stays well.
func (h *Handler) fromBucket(ctx context.Context, e event) error {
	var all []created
	var problems []error
	each := func(c created, err error) {
		if err != nil {
			problems = append(problems, err)
			return
		}
		all = append(all, c)
	}
	if e.kind == bucketBridged {
		each(bridged(gjson.ParseBytes(e.raw)))
	} else {
		gjson.GetBytes(e.raw, "Records").ForEach(func(_, r gjson.Result) bool {
			if name := r.Get("eventName").Str; !strings.HasPrefix(strings.TrimPrefix(name, "s3:"), "ObjectCreated:") {
				e.log.Warn("ignored what happened in the bucket", "event", cut(name), "key", r.Get("s3.object.key").Str)
				return true
			}
			each(notified(r))
			return true
		})
	}
	for _, c := range inOrder(all) {
		if err := h.objectCreated(ctx, e, c); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", c.Key, err))
		}
	}
	return errors.Join(problems...)
}

// notified reads a record of an S3 event notification, in which the key is written as in a form.
func notified(r gjson.Result) (created, error) {
	object := r.Get("s3.object")
	key, err := url.QueryUnescape(object.Get("key").Str)
	if err != nil {
		return created{}, fmt.Errorf("the key of an object is not written as S3 writes it: %w", err)
	}
	return checked(created{bucket: r.Get("s3.bucket.name").Str, Arrival: requests.Arrival{
		Key: key, Version: versionOf(object.Get("versionId").Str), ETag: strings.Trim(object.Get("eTag").Str, `"`),
		Size: object.Get("size").Int(), Sequencer: object.Get("sequencer").Str, At: moment(r.Get("eventTime").Str),
	}})
}

// bridged reads an "Object Created" event of EventBridge, in which the key stands as it is.
func bridged(r gjson.Result) (created, error) {
	object := r.Get("detail.object")
	return checked(created{bucket: r.Get("detail.bucket.name").Str, Arrival: requests.Arrival{
		Key: object.Get("key").Str, Version: versionOf(object.Get("version-id").Str), ETag: strings.Trim(object.Get("etag").Str, `"`),
		Size: object.Get("size").Int(), Sequencer: object.Get("sequencer").Str, At: moment(r.Get("time").Str),
	}})
}

func checked(c created) (created, error) {
	if c.Key == "" || c.bucket == "" {
		return c, errors.New("an event of the bucket names no object: a key and a bucket are expected")
	}
	return c, nil
}

// versionOf is "" for the one version of a bucket that keeps none.
func versionOf(id string) string {
	if id == "null" {
		return ""
	}
	return id
}

// moment is zero where the text is no time: no decision hangs on it.
func moment(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// inOrder keeps the objects in the order of the event, and several events about one object in that of S3.
func inOrder(all []created) []created {
	places := map[string][]int{}
	for i, c := range all {
		at := c.bucket + "/" + c.Key
		places[at] = append(places[at], i)
	}
	out := slices.Clone(all)
	for _, at := range places {
		same := make([]created, len(at))
		for i, place := range at {
			same[i] = all[place]
		}
		slices.SortStableFunc(same, func(a, b created) int { return records.CompareSequencers(a.Sequencer, b.Sequencer) })
		for i, place := range at {
			out[place] = same[i]
		}
	}
	return out
}

func (h *Handler) objectCreated(ctx context.Context, e event, c created) (err error) {
	defer caught(&err)
	switch {
	case h.bucket != "" && c.bucket != h.bucket:
		e.log.Warn("ignored an object in a bucket that is not ours", "bucket", c.bucket, "key", c.Key)
	case strings.HasSuffix(c.Key, "/"):
		e.log.Info("ignored a folder", "key", c.Key)
	case strings.HasPrefix(c.Key, arrivals):
		if h.doors.Arrived == nil {
			return closed("packages from the bucket")
		}
		return h.doors.Arrived(ctx, c.Arrival)
	case strings.HasPrefix(c.Key, reports):
		if h.doors.Reported == nil {
			return closed("reports of hosts")
		}
		return h.doors.Reported(ctx, strings.TrimPrefix(c.Key, store))
	default:
		e.log.Warn("ignored an object that is neither a package nor a report", "key", c.Key)
	}
	return nil
}
