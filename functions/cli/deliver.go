package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/web/rest"
)

const (
	// smallUpload is sent to the server in one request: a function of AWS Lambda
	// is handed 6 MB, a third of which goes into the way they are written.
	smallUpload = 4 << 20
	// patientUpload is the size from which an upload first asks for leave.
	patientUpload = 1 << 20
)

// delivery is a package file on its way to a server.
type delivery struct {
	name    string
	content io.ReaderAt
	size    int64
	sha256  string // "": still to be computed
}

// deliver brings a package to the server and gives the answer of the last
// request, which is a rest.Received or a refusal. What is not small goes straight
// into the server's store where that can be: the server may be a function that
// takes no large bodies.
func (c *client) deliver(ctx context.Context, d delivery) (*http.Response, error) {
	if d.size <= smallUpload {
		return c.putDirectly(ctx, d)
	}
	if d.sha256 == "" {
		hash := sha256.New()
		if _, err := io.Copy(hash, d.body()); err != nil {
			return nil, err
		}
		d.sha256 = hex.EncodeToString(hash.Sum(nil))
	}
	answer, err := c.post(ctx, at("packages", "uploads"), requests.Announcement{FileName: d.name, Size: d.size, SHA256: d.sha256})
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	var leave rest.Upload
	err = c.understand(answer, &leave)
	answer.Body.Close()
	switch {
	case err != nil:
		return nil, err
	case leave.Received != nil:
		return received(answer, *leave.Received)
	case leave.Send == nil:
		return c.putDirectly(ctx, d)
	}
	sent := c.putIntoStore(ctx, *leave.Send, d)
	if sent != nil && pipelines.CodeOf(sent) != pipelines.Unavailable {
		return nil, sent
	}
	// A connection that broke may have hidden that the bytes are there: the store
	// answers so before it has read them, or its answer got lost.
	done, err := c.post(ctx, at("packages", "uploads", d.sha256, "done"), rest.Sent{FileName: d.name})
	if sent != nil && (err != nil || done.StatusCode == http.StatusNotFound) {
		if err == nil {
			done.Body.Close()
		}
		return nil, sent
	}
	return done, err
}

// received makes the part of an answer that is a rest.Received the whole of it.
func received(answer *http.Response, r rest.Received) (*http.Response, error) {
	b, err := json.Marshal(r)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	answer.Header.Del("Content-Length")
	return answer, err
}

func (d delivery) body() io.Reader { return io.NewSectionReader(d.content, 0, d.size) }

// request has the file as its body.
func (d delivery) request(ctx context.Context, method, url string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, d.body())
	if err != nil {
		return nil, err
	}
	r.ContentLength = d.size
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(d.body()), nil }
	if d.size == 0 {
		r.Body = http.NoBody
	}
	if d.size > patientUpload {
		r.Header.Set("Expect", "100-continue")
	}
	return r, nil
}

func (c *client) putDirectly(ctx context.Context, d delivery) (*http.Response, error) {
	r, err := d.request(ctx, http.MethodPut, c.base+at("packages", d.name))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	return c.ask(r)
}

func (c *client) post(ctx context.Context, path string, in any) (*http.Response, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	return c.ask(r)
}

// storeTries is how often an upload that the store was too busy for is sent,
// each time after a longer pause.
const (
	storeTries = 3
	storePause = 300 * time.Millisecond
)

// putIntoStore sends the file by the signed request, and nothing that says who
// we are. That the bytes are there already is as good as having sent them: their
// name is their hash.
func (c *client) putIntoStore(ctx context.Context, send rest.Send, d delivery) error {
	for try := 1; ; try++ {
		r, err := d.request(ctx, send.Method, send.URL)
		if err != nil {
			return fmt.Errorf("the server answered no usable address of its store: %w", err)
		}
		for name, value := range send.Header {
			r.Header.Set(name, value)
		}
		answer, err := c.http.Do(r)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			err = pipelines.Refuse(pipelines.Unavailable, "the upload of %s to the store at %s did not come through (%s): push it again; nothing is registered yet", d.name, r.URL.Host, rootCause(err))
		} else {
			err = storeRefusal(answer, d, send)
			answer.Body.Close()
		}
		if pipelines.CodeOf(err) != pipelines.Unavailable || try == storeTries {
			return err
		}
		if err := wait(ctx, time.Duration(try)*storePause); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
