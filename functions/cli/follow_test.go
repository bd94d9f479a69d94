package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/web/rest"
)

// stages is a deployment that goes on by one stage with each question for its
// state.
type stages struct {
	states []rest.Deployment
	lines  []rest.LogLine // one more is there at each stage
	at     atomic.Int32
}

func (s *stages) handler() answers {
	return answers{
		"POST /v1/deployments": s.states[0],
		"GET /v1/deployments/Deployments-7": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			writeJSON(w, http.StatusOK, s.states[min(int(s.at.Add(1))-1, len(s.states)-1)])
		}),
		"GET /v1/deployments/Deployments-7/log": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			from := 0
			if after := r.URL.Query().Get("after"); after != "" {
				fmt.Sscanf(after, "c&%d", &from)
			}
			to := max(from, min(int(s.at.Load()), len(s.lines)))
			writeJSON(w, http.StatusOK, rest.Log{Lines: s.lines[from:to], Next: fmt.Sprintf("c&%d", to)})
		}),
	}
}

func deployment(status pipelines.Status, steps ...rest.Step) rest.Deployment {
	d := rest.Deployment{Ended: status.Ended(), Address: "http://slipway/deployments/Deployments-7", Steps: steps}
	d.ID, d.Project, d.Release, d.Environment = "Deployments-7", "Random Quotes", "1.0.7", "Test"
	d.Status, d.Created, d.CreatedBy = status, noon.Add(-3*time.Minute), "Ada"
	return d
}

func ended(status pipelines.Status) rest.Deployment {
	d := deployment(status)
	began, finished := noon.Add(-time.Minute), noon.Add(-18*time.Second)
	d.Started, d.Finished = &began, &finished
	return d
}

var signOff = rest.Step{Name: "Sign Off", Type: "approval", Status: pipelines.Waiting, Instructions: "Open it and\nlook.", Teams: []string{"Project Stakeholders"}}

func logLine(step, target, text string, stream task.Stream) rest.LogLine {
	return rest.LogLine{Step: step, Target: target, Text: text, Stream: stream}
}

func aDeployment(end pipelines.Status) *stages {
	queued := deployment(pipelines.Queued)
	queued.Holder = "Deployments-6"
	return &stages{
		states: []rest.Deployment{queued, deployment(pipelines.Running), deployment(pipelines.Waiting, signOff), deployment(pipelines.Waiting, signOff), ended(end)},
		lines: []rest.LogLine{
			logLine("Deploy web app to Nginx with care", "web-1", "unpacked", task.Stdout),
			logLine("Test", "", "it \x1b[31mworks\x07\t✔", task.Stdout),
			logLine("Test", "web-1", "or not", task.Stderr),
		},
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	got := somebody(t, aDeployment(pipelines.Succeeded).handler()).types("deploy", "Random Quotes", "1.0.7", "Test", "--follow")
	got.want(t, "follow", 0)
	golden(t, "follow.txt", got.out+got.err)
}

func TestFollowOutcomes(t *testing.T) {
	t.Parallel()
	for status, code := range map[pipelines.Status]int{
		pipelines.Succeeded: 0, pipelines.Failed: 1, pipelines.Cancelled: 3, pipelines.Skipped: 3, pipelines.Unknown: 4,
	} {
		got := somebody(t, aDeployment(status).handler()).types("logs", "Deployments-7", "--follow")
		got.want(t, string(status), code, word(status)+": Random Quotes 1.0.7 to Test, 42 s", "!slipway: ")
	}
}

func TestFailedAndUnknown(t *testing.T) {
	t.Parallel()
	steps := func(all ...pipelines.Status) rest.Deployment {
		d := ended(pipelines.Failed)
		for _, s := range all {
			d.Steps = append(d.Steps, rest.Step{Status: s})
		}
		return d
	}
	for want, d := range map[exit]rest.Deployment{
		codeFailed:  steps(pipelines.Unknown, pipelines.Failed),
		codeUnknown: steps(pipelines.Succeeded, pipelines.Unknown, pipelines.Skipped),
	} {
		if got := outcome(d); got != want {
			t.Errorf("outcome of steps %+v = %d, want %d", d.Steps, got, want)
		}
	}
}

// Each line of the JSON form is a value by itself, the last one the outcome.
func TestFollowJSON(t *testing.T) {
	t.Parallel()
	got := somebody(t, aDeployment(pipelines.Failed).handler()).types("deploy", "Random Quotes", "1.0.7", "Test", "--follow", "--json")
	got.want(t, "follow --json", 1)
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	var last struct{ Deployment rest.Deployment }
	for _, l := range lines {
		must(t, json.Unmarshal([]byte(l), &last))
	}
	if len(lines) != 4 || last.Deployment.Status != pipelines.Failed {
		t.Errorf("follow --json printed %d lines ending with %q, want 3 and the failed deployment:\n%s", len(lines), last.Deployment.Status, got.out)
	}
}

// broken lets every third question through.
type broken struct{ asked atomic.Int32 }

func (b *broken) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.asked.Add(1)%3 != 0 {
		return nil, syscall.ECONNREFUSED
	}
	return http.DefaultTransport.RoundTrip(r)
}

// A server that is started again meanwhile loses nobody who follows; every line
// is printed once.
func TestFollowAcrossARestart(t *testing.T) {
	t.Parallel()
	s := somebody(t, aDeployment(pipelines.Succeeded).handler())
	s.wire = &broken{}
	got := s.types("logs", "Deployments-7", "--follow")
	got.want(t, "follow", 0, "Succeeded: ")
	if n := strings.Count(got.out, "unpacked"); n != 1 {
		t.Errorf("the line is printed %d times, want once:\n%s", n, got.out)
	}
	s.types("status").want(t, "a single question does not wait", 1, "does not answer")
}

func TestLogs(t *testing.T) {
	t.Parallel()
	d := aDeployment(pipelines.Succeeded)
	d.at.Store(3)
	s := somebody(t, d.handler())
	s.types("logs", "Deployments-7").want(t, "logs", 0, "unpacked", "or not")
	s.types("logs", "Deployments-7", "--tail", "1").want(t, "tail", 0, "!unpacked", "or not")
	s.types("logs", "Deployments-8").want(t, "no such deployment", 1, "slipway: nothing at /v1/deployments/Deployments-8/log")
}

// Ctrl-C stops the looking, not the deployment, and says so.
func TestFollowInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	all := (&stages{states: []rest.Deployment{deployment(pipelines.Running)}}).handler()
	log := all["GET /v1/deployments/Deployments-7/log"].(http.Handler)
	all["GET /v1/deployments/Deployments-7/log"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.ServeHTTP(w, r)
		interrupt()
	})
	s := somebody(t, all)
	s.ctx = ctx
	s.types("logs", "Deployments-7", "--follow").want(t, "interrupted", 130, "slipway: interrupted: the deployment goes on; see it with `slipway logs Deployments-7 --follow`")
}
