package s3

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// events turns what the server tells by its webhook into what AWS sends, and hands it to whoever wants it.
//
// AWS, "Event message structure":
//   - "The object key name value is URL encoded. For example, "red flower.jpg" becomes "red+flower.jpg"". The server's is not.
//   - The event's name has no "s3:" in front there, and the version is given where the bucket has versions. The server
//     has the one, and leaves out the other for plain puts, and the size for copies and multipart uploads.
//   - "So, to compare these values, first right pad the shorter value with zeros, and then do a lexicographical comparison."
//     The server's sequencer is a counter that begins anew at each start; ours is of one length and grows over restarts.
type events struct {
	log       func(string, ...any)
	mu        sync.Mutex
	wanted    map[string]wish
	posted    map[string]int  // by bucket/key: puts that were forms
	announced map[string]bool // versions
	last      int64           // sequencer
}

type wish struct {
	prefixes []string
	to       func([]byte)
}

func newEvents(log func(string, ...any)) events {
	return events{log: log, wanted: map[string]wish{}, posted: map[string]int{}, announced: map[string]bool{}}
}

func (e *events) notify(bucket string, prefixes []string, to func([]byte)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wanted[bucket] = wish{prefixes, to}
}

// listenForEvents makes the address that the server calls.
func (s *Server) listenForEvents() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s.webhook = &http.Server{Handler: http.HandlerFunc(s.heard), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.webhook.Serve(listener) }() // it ends with Stop
	return "http://" + listener.Addr().String() + "/", nil
}

// told is what we need of the server's event.
type told struct {
	Records []struct {
		EventName string `json:"eventName"`
		S3        struct {
			Bucket struct{ Name string }
			Object struct{ Key, ETag, VersionId string }
		}
	}
}

func (s *Server) heard(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	var t told
	if err = errors.Join(err, json.Unmarshal(text, &t)); err != nil {
		s.settings.Log("the server's event %s: %v", text, err)
		return
	}
	for _, one := range t.Records {
		if name, ok := strings.CutPrefix(one.EventName, "s3:"); ok && strings.HasPrefix(name, "ObjectCreated:") {
			go s.announce(created{name: name, bucket: one.S3.Bucket.Name, key: one.S3.Object.Key, etag: strings.Trim(one.S3.Object.ETag, `"`)})
		}
	}
}

// created is one object that came to be.
type created struct {
	name, bucket, key, etag, version string
	size                             int64
}

func (s *Server) announce(c created) {
	to := s.events.wants(c)
	if to == nil {
		return
	}
	if err := s.describe(&c); err != nil {
		s.settings.Log("event of %s/%s: %v", c.bucket, c.key, err)
		return
	}
	to(s.events.message(c))
}

func (e *events) wants(c created) func([]byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	w := e.wanted[c.bucket]
	for _, p := range w.prefixes {
		if strings.HasPrefix(c.key, p) {
			return w.to
		}
	}
	if len(w.prefixes) == 0 {
		return w.to
	}
	return nil
}

// describe finds the version that the event is about: the newest with this ETag that no event was about before.
func (s *Server) describe(c *created) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	all, err := s.inside.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &c.bucket, Prefix: &c.key})
	if err != nil {
		return err
	}
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	for _, v := range all.Versions {
		if *v.Key == c.key && strings.Trim(*v.ETag, `"`) == c.etag && !s.events.announced[*v.VersionId] {
			c.version, c.size = *v.VersionId, *v.Size
			s.events.announced[c.version] = true
			break
		}
	}
	if c.version == "" {
		return fmt.Errorf("no version has the ETag %s", c.etag)
	}
	if where := c.bucket + "/" + c.key; s.events.posted[where] > 0 {
		s.events.posted[where]--
		c.name = "ObjectCreated:Post"
	}
	return nil
}

// willPost says that the next put of this name is a form's.
func (e *events) willPost(bucket, key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.posted[bucket+"/"+key]++
}

func (e *events) message(c created) []byte {
	e.mu.Lock()
	e.last = max(e.last+1, time.Now().UnixNano())
	sequencer := fmt.Sprintf("%018X", e.last)
	e.mu.Unlock()
	type m = map[string]any
	text, err := json.Marshal(m{"Records": []m{{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": Region, "eventName": c.name,
		"eventTime":         time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"userIdentity":      m{"principalId": "AWS:" + AccessKey},
		"requestParameters": m{"sourceIPAddress": "127.0.0.1"},
		"responseElements":  m{"x-amz-request-id": sequencer, "x-amz-id-2": sequencer},
		"s3": m{
			"s3SchemaVersion": "1.0", "configurationId": "emulator",
			"bucket": m{"name": c.bucket, "arn": "arn:aws:s3:::" + c.bucket, "ownerIdentity": m{"principalId": "EMULATOR"}},
			"object": m{"key": url.QueryEscape(c.key), "size": c.size, "eTag": c.etag, "versionId": c.version, "sequencer": sequencer},
		},
	}}})
	if err != nil {
		panic(err) // nothing in it can fail
	}
	return text
}
