package lambda

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the function's process: the runtime library ends it, and that must not be the test.
func TestMain(m *testing.M) {
	if os.Getenv("LAMBDA_TEST_CHILD") == "" {
		os.Exit(m.Run())
	}
	var n notes
	if err := Main(context.Background(), n.doors(), Settings{Log: Logger(os.Stderr, slog.LevelInfo)}, os.LookupEnv); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// runtimeAPI gives one event after the other, as the Lambda runtime does, and keeps the answers.
type runtimeAPI struct {
	events  []string
	next    int
	answers chan string
}

func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/2018-06-01/runtime/invocation/")
	switch {
	case !ok:
		http.Error(w, "no such address", http.StatusNotFound)
	case path == "next" && a.next == len(a.events):
		close(a.answers)
		<-r.Context().Done() // as when nothing happens any more
	case path == "next":
		a.next++
		h := w.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("request-%d", a.next))
		h.Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:111122223333:function:slipway-runner")
		io.WriteString(w, a.events[a.next-1])
	default:
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		a.answers <- path + " " + string(body)
	}
}

func TestUnderTheRuntime(t *testing.T) {
	t.Parallel()
	event := func(name string) string {
		b, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	api := &runtimeAPI{answers: make(chan string, 10), events: []string{event("own-check"), event("unknown-keys"), event("stream-fails"), event("own-refused"), event("bucket-one-fails"), event("timer")}}
	server := httptest.NewServer(api)
	defer server.Close()
	child := exec.Command(os.Args[0])
	child.Env = []string{"LAMBDA_TEST_CHILD=1", RuntimeAPI + "=" + strings.TrimPrefix(server.URL, "http://")}
	var log strings.Builder
	child.Stderr = &log
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for answer := range api.answers {
		got = append(got, answer)
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	want := []string{
		`request-1/response {"well":true}`,
		`request-2/error {"errorMessage":"this function does not know`,
		`request-3/response {"batchItemFailures":[{"itemIdentifier":"100"}]}`,
		`request-4/error {"errorMessage":"there is no target Machines-1","errorType":"not found"}`,
		`request-5/error {"errorMessage":"the key of an object is not written as S3 writes it`,
		`request-6/response null`,
	}
	if len(got) != len(want) {
		t.Fatalf("%d answers %q, want %d", len(got), got, len(want))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("answer %d = %s, want %s", i+1, got[i], want[i])
		}
	}
	for _, part := range []string{`"request":"request-2"`, `"kind":"unknown"`, `"request":"request-3"`, `"about":"deployment/panics"`, `"stack":"goroutine`, "events_test.go"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %s:\n%s", part, log.String())
		}
	}
	for line := range strings.Lines(log.String()) {
		if !strings.HasPrefix(line, "{") {
			t.Errorf("the log has a line that is no JSON: %s", line)
		}
	}
}

func TestOutsideOfLambda(t *testing.T) {
	t.Parallel()
	err := Main(t.Context(), Doors{}, Settings{}, func(string) (string, bool) { return "", false })
	if err == nil || !strings.Contains(err.Error(), "slipway serve") {
		t.Errorf("Main outside of Lambda: %v, want what to do instead", err)
	}
}

// What a door may use ends before Lambda's own deadline.
func TestMargin(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	for _, c := range []struct{ left, want time.Duration }{
		{15 * time.Minute, 15*time.Minute - 10*time.Second},
		{50 * time.Second, 40 * time.Second},
		{30 * time.Second, 24 * time.Second},
		{5 * time.Second, 4 * time.Second},
		{0, 0},
		{-time.Second, -time.Second},
	} {
		var got time.Duration
		h := NewHandler(Doors{Rang: func(ctx context.Context, _ []byte) error {
			end, _ := ctx.Deadline()
			got = end.Sub(now)
			return nil
		}}, Settings{Now: func() time.Time { return now }})
		ctx, cancel := context.WithDeadline(t.Context(), now.Add(c.left))
		if _, err := h.Invoke(ctx, []byte(`{"slipway":"timer","id":"1","payload":""}`)); err != nil {
			t.Errorf("%s left: %v", c.left, err)
		}
		cancel()
		if got != c.want {
			t.Errorf("%s left: a door has %s, want %s", c.left, got, c.want)
		}
	}
}

// Without time nothing of a batch is begun any more, and all of it comes again.
func TestStreamHandsOver(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/stream.json")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen []int64
	h := NewHandler(Doors{Turned: func(_ context.Context, _ string, revision int64) error {
		seen = append(seen, revision)
		cancel() // the margin is reached during the first
		return nil
	}}, Settings{})
	answer, err := h.Invoke(ctx, payload)
	if want := `{"batchItemFailures":[{"itemIdentifier":"4421584500000000017450439092"}]}`; err != nil || string(answer) != want || len(seen) != 1 {
		t.Errorf("got %s, %v after revisions %v, want %s after the first", answer, err, seen, want)
	}
}

// A batch holds several deployments: they are looked at side by side, a bounded number of them.
func TestStreamSideBySide(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 2 * streamParallel {
		records = append(records, fmt.Sprintf(`{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"Keys":{"p":{"S":"deployment/d%d"},"s":{"S":"turn/0000000001"}},"SequenceNumber":"%d"}}`, i, i+1))
	}
	begun, release := make(chan string, len(records)), make(chan struct{})
	h := NewHandler(Doors{Turned: func(_ context.Context, d string, _ int64) error {
		begun <- d
		<-release
		return nil
	}}, Settings{})
	done := make(chan string)
	go func() {
		answer, err := h.Invoke(t.Context(), []byte(`{"Records":[`+strings.Join(records, ",")+`]}`))
		done <- fmt.Sprintf("%s %v", answer, err)
	}()
	for range streamParallel {
		<-begun
	}
	select {
	case d := <-begun:
		t.Errorf("%s began beside %d others", d, streamParallel)
	default:
	}
	close(release)
	if got := <-done; got != `{"batchItemFailures":[]} <nil>` {
		t.Errorf("got %s", got)
	}
}
