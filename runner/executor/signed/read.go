package signed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	"slipway/pipelines/task"
)

// A read goes on by itself over this many failures in a row without one new
// byte, and takes a server that is silent this long as a failure.
const (
	tries   = 6
	silence = 30 * time.Second
)

// Read opens what the request reads, from byte from on. It goes on where it
// broke off, by a request for the rest.
func Read(ctx context.Context, r task.Request, from int64) io.ReadCloser {
	return &reader{ctx: ctx, request: r, at: from}
}

type reader struct {
	ctx     context.Context
	request task.Request
	at      int64
	failed  int

	body   io.ReadCloser
	cancel context.CancelFunc
	watch  *time.Timer
}

func (r *reader) Read(p []byte) (int, error) {
	for {
		n, err := r.try(p)
		if n > 0 {
			r.at, r.failed = r.at+int64(n), 0
			return n, nil
		}
		if err == nil || errors.Is(err, io.EOF) {
			return 0, err
		}
		r.Close()
		if _, final := errors.AsType[*RefusedError](err); final {
			return 0, err
		}
		if r.failed++; r.failed == tries {
			return 0, fmt.Errorf("%w (%d tries)", err, tries)
		}
		select {
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		case <-time.After(200 * time.Millisecond << r.failed):
		}
	}
}

func (r *reader) try(p []byte) (int, error) {
	if r.body == nil {
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	r.watch.Reset(silence)
	n, err := r.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = withoutAddress(err)
	}
	return n, err
}

func (r *reader) open() error {
	ctx, cancel := context.WithCancel(r.ctx)
	request := r.request
	if r.at > 0 {
		request.Header = maps.Clone(request.Header)
		if request.Header == nil {
			request.Header = map[string]string{}
		}
		request.Header["Range"] = fmt.Sprintf("bytes=%d-", r.at)
	}
	answer, err := send(ctx, request, nil)
	if refused, ok := errors.AsType[*RefusedError](err); ok && refused.Status == http.StatusRequestedRangeNotSatisfiable {
		cancel()
		return io.EOF // all of it is here
	}
	if err != nil {
		cancel()
		return err
	}
	r.body, r.cancel, r.watch = answer.Body, cancel, time.AfterFunc(silence, cancel)
	if r.at > 0 && answer.StatusCode != http.StatusPartialContent {
		_, err = io.CopyN(io.Discard, r.body, r.at) // a server that knows no ranges
	}
	return err
}

// Close lets go of the connection.
func (r *reader) Close() error {
	if r.body == nil {
		return nil
	}
	r.watch.Stop()
	err := r.body.Close()
	r.cancel()
	r.body = nil
	return err
}
