package lambda

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/requests"
)

var update = flag.Bool("update", false, "write the golden files anew")

// notes is who stands behind every door and writes down what comes.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) add(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

// of makes what is named so fail.
func of(name string) error {
	switch {
	case strings.Contains(name, "fails"):
		return errors.New("this fails\nwith more that is for the log")
	case strings.Contains(name, "panics"):
		panic("boom")
	}
	return nil
}

func (n *notes) doors() Doors {
	return Doors{
		HTTP: func(base string) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { n.request(base, w, r) })
		},
		Turned: func(_ context.Context, deployment string, revision int64) error {
			n.add("Turned %s %d", deployment, revision)
			return of(deployment)
		},
		Freed: func(_ context.Context, project, environment string) error {
			n.add("Freed %s %s", project, environment)
			return nil
		},
		Reported: func(_ context.Context, blob string) error {
			n.add("Reported %s", blob)
			return nil
		},
		Arrived: func(_ context.Context, a requests.Arrival) error {
			n.add("Arrived %q version %q etag %q size %d sequencer %q at %s", a.Key, a.Version, a.ETag, a.Size, a.Sequencer, a.At.Format(time.RFC3339Nano))
			return of(a.Key)
		},
		CommandEnded: func(_ context.Context, command, instance, status string) error {
			n.add("CommandEnded %s instance %q %s", command, instance, status)
			return nil
		},
		Rang: func(_ context.Context, event []byte) error {
			n.add("Rang %s", strings.TrimSpace(string(event)))
			return nil
		},
		Own: func(_ context.Context, name string, payload []byte) (any, error) {
			n.add("Own %s %s", name, strings.TrimSpace(string(payload)))
			switch name {
			case "refused":
				return nil, pipelines.Refuse(pipelines.NotFound, "there is no target Machines-1")
			case "broken":
				return nil, errors.New("broken\nstack")
			}
			return map[string]bool{"well": true}, nil
		},
	}
}

func (n *notes) request(base string, w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	n.add("%s %s at %s", r.Method, r.RequestURI, base)
	n.add("  path %q query %q host %s from %s tls %t length %d body %q", r.URL.Path, r.URL.Query(), r.Host, r.RemoteAddr, r.TLS != nil, r.ContentLength, body)
	var names []string
	for name, values := range r.Header {
		names = append(names, fmt.Sprintf("  %s: %q", name, values))
	}
	slices.Sort(names)
	for _, line := range names {
		n.add("%s", line)
	}
	h := w.Header()
	h.Add("Set-Cookie", "a=1; Path=/")
	h.Add("Set-Cookie", "b=2; Expires=Fri, 20 Nov 2026 14:00:00 GMT")
	h.Add("Vary", "Cookie")
	h.Add("Vary", "Accept")
	w.WriteHeader(http.StatusCreated)
	h.Set("Too-Late", "yes")
	fmt.Fprintf(w, "<p>%s ü", r.Method)
}

// Every kind of event as AWS documents it: what it leads to, and what the sender gets.
func TestEvents(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d events, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			payload, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var n notes
			h := NewHandler(n.doors(), Settings{Bucket: "slipway-b"})
			answer, err := h.Invoke(t.Context(), payload)
			if strings.HasPrefix(filepath.Base(file), "stream") {
				slices.Sort(n.lines) // several deployments at once
			}
			got := strings.Join(n.lines, "\n") + "\n= " + string(answer) + "\n"
			if err != nil {
				got = strings.Join(n.lines, "\n") + fmt.Sprintf("\n! %+v\n", err)
			}
			golden(t, strings.TrimSuffix(file, ".json")+".golden", strings.TrimPrefix(got, "\n"))
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

// A door that the function does not have refuses, instead of taking the event for done.
func TestClosedDoors(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"url-get", "rest-one", "bucket-arrival", "bridge-arrival", "command-ended", "timer", "own-check"} {
		payload, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewHandler(Doors{}, Settings{}).Invoke(t.Context(), payload); err == nil || !strings.Contains(err.Error(), "this function takes no") {
			t.Errorf("%s without a door: got %v, want a refusal", name, err)
		}
	}
	payload, err := os.ReadFile("testdata/stream.json")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := NewHandler(Doors{}, Settings{}).Invoke(t.Context(), payload)
	if want := `{"batchItemFailures":[{"itemIdentifier":"4421584500000000017450439091"}]}`; err != nil || string(answer) != want {
		t.Errorf("a stream without a door: got %s, %v, want %s", answer, err, want)
	}
}

// What an error says of an unknown event names what it is, and shows nothing of what it holds.
func TestUnknownNeverShowsValues(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/unknown-*.golden")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(got), "secret") || !strings.Contains(string(got), "does not know what to do with") {
			t.Errorf("%s: %s", file, got)
		}
	}
}
