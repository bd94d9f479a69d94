package dynamotable

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/runner/table"
	emulator "slipway/test/emulators/dynamodb"
)

// quick is a patience for tests of bad luck: as many tries as there are faults, and short pauses.
var quick = patience{tries: 4, each: 5 * time.Second, first: time.Millisecond, longest: 5 * time.Millisecond}

// meddler stands between a table and the emulator. It sees each request with its number, from 1, and the operation's
// name; it may answer itself, or pass it on.
type meddler struct {
	t  *testing.T
	do func(try int, r *http.Request, pass func() (*http.Response, error)) (*http.Response, error)

	mu   sync.Mutex
	seen []string // the operations, in order
}

// RoundTrip implements http.RoundTripper.
func (m *meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	m.seen = append(m.seen, operation)
	try, do := len(m.seen), m.do
	m.mu.Unlock()
	pass := func() (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) }
	if do == nil {
		return pass()
	}
	return do(try, r, pass)
}

// from makes the meddler count anew and do something else.
func (m *meddler) from(do func(try int, r *http.Request, pass func() (*http.Response, error)) (*http.Response, error)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen, m.do = nil, do
}

func (m *meddler) operations() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(m.seen, " ")
}

// meddled is a table of its own behind a meddler.
func meddled(t *testing.T, p patience) (*Table, *meddler) {
	t.Helper()
	server := emulator.Need(t)
	m := &meddler{t: t}
	cfg := config(t, server)
	cfg.HTTPClient = &http.Client{Transport: m}
	return open(cfg, Settings{Table: server.Table(t), Origin: "runner", Now: time.Now}, p), m
}

// refuse is DynamoDB's answer with an error; more is further members of its JSON.
func refuse(r *http.Request, status int, code, message, more string) (*http.Response, error) {
	body := `{"__type":"com.amazonaws.dynamodb.v20120810#` + code + `","message":"` + message + `"` + more + `}`
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// swallow passes the request on and throws its answer away.
func swallow(pass func() (*http.Response, error)) error {
	answer, err := pass()
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return err
}

// cut is an answer whose body breaks off.
func cut(answer *http.Response) *http.Response {
	answer.Body = io.NopCloser(io.MultiReader(io.LimitReader(answer.Body, 5), broken{}))
	return answer
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func key(sort string) table.Key { return table.Key{Partition: "p", Sort: sort} }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantItem compares what is there with a value and a revision.
func wantItem(t *testing.T, tb *Table, k table.Key, value string, revision int64) {
	t.Helper()
	item, err := tb.Get(context.Background(), k)
	if err != nil || !bytes.Equal(item.Value, []byte(value)) || item.Revision != revision {
		t.Errorf("Get(%s): got %.40q at %d and %v, want %q at %d", k, item.Value, item.Revision, err, value, revision)
	}
}
