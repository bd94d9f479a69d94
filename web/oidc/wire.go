package oidc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// largestAnswer is more than an issuer has to say of itself or of its keys.
const largestAnswer = 1 << 20

// wire is the way to one issuer. It bounds answers, and it remembers each for a
// while: the key set of the library asks again for every token with an unknown
// key, so whoever sends such tokens could have the issuer asked without end.
type wire struct {
	client *http.Client // who asks, and judges where and whereto sent on
	now    func() time.Time

	mu   sync.Mutex // held while asking: who wants the same waits for the answer
	said map[string]said
}

type said struct {
	body []byte
	err  error
	when time.Time
}

// notAgain is how long an answer stands, also one that there is none.
const notAgain = 30 * time.Second

// errIssuer is an issuer that gave no answer, or none that could be read.
type errIssuer struct{ why string }

func (e errIssuer) Error() string { return e.why }

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	address := r.URL.String()
	kept, ok := w.said[address]
	if !ok || w.now().Sub(kept.when) >= notAgain {
		kept = said{when: w.now()}
		kept.body, kept.err = w.ask(r)
		if err := r.Context().Err(); err != nil {
			return nil, err // the asker gave up, which says nothing of the issuer
		}
		w.said[address] = kept
	}
	if kept.err != nil {
		return nil, kept.err
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(kept.body)), Body: io.NopCloser(bytes.NewReader(kept.body)),
	}, nil
}

func (w *wire) ask(r *http.Request) ([]byte, error) {
	answer, err := w.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errIssuer{fmt.Sprintf("%s answers %s", r.URL.Host, cut(answer.Status))}
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > largestAnswer || !json.Valid(body) {
		return nil, errIssuer{r.URL.Host + " answers with something else than what was asked for"}
	}
	return body, nil
}
