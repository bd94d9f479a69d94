package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/graph"
	"slipway/runner/spend"
)

// Turned looks at a deployment because of a turn that somebody else has
// written, like a person's answer: the effects of that turn are due.
func (r *Runner) Turned(ctx context.Context, deployment string, revision int64) error {
	l := r.newLook(deployment)
	l.revision = revision
	return r.failed(ctx, deployment, l.run(ctx))
}

// Freed starts whoever waits for the place of a project and an environment, one
// after the other while they end at once. One that cannot be read is passed over.
func (r *Runner) Freed(ctx context.Context, projectID, environmentID string) error {
	place := pipelines.Deployment{ProjectID: projectID, EnvironmentID: environmentID}
	for tried := map[string]bool{}; ; {
		queue, err := r.Records.Queue(ctx, place)
		next := slices.IndexFunc(queue, func(id string) bool { return !tried[id] })
		if err != nil || next < 0 {
			return err
		}
		if holder, err := r.Records.Holder(ctx, place); err != nil || holder != "" {
			return err
		}
		id := queue[next]
		tried[id] = true
		if err := r.held(ctx, id, r.newLook(id).run(ctx)); err != nil {
			return err
		}
	}
}

// reportLimit is more than any end or answer of a healthy host has.
const reportLimit = 4 << 20

// Reported takes what a host has put under reports/: the end of an attempt, or
// why an errand was not begun. A report of an attempt that nobody waits for is
// dropped; one that comes again changes nothing.
func (r *Runner) Reported(ctx context.Context, blob string) error {
	about, what, err := parseReport(blob)
	if err != nil {
		return err
	}
	switch {
	case what == "end":
		return r.reportedEnd(ctx, blob, about)
	case strings.HasPrefix(what, "answer-"):
		return r.reportedAnswer(ctx, blob, about)
	}
	return nil // a reply that somebody polls for
}

// parseReport reads the name of a report: about which attempt, and what it is.
func parseReport(blob string) (about attemptName, what string, err error) {
	parts := strings.Split(blob, "/")
	if len(parts) != 3 || parts[0] != "reports" {
		return about, "", pipelines.Refuse(pipelines.Invalid, "%q is no report: reports are named reports/<attempt>/<what>", blob)
	}
	about, err = parseAttempt(parts[1])
	return about, parts[2], err
}

// DeploymentOf is the deployment that a report is about, "" if it is no report.
func DeploymentOf(blob string) string {
	about, _, err := parseReport(blob)
	if err != nil {
		return ""
	}
	return about.deployment
}

func (r *Runner) reportedEnd(ctx context.Context, blob string, about attemptName) error {
	var report task.Report
	if err := r.readReport(ctx, blob, &report); err != nil || report.Attempt != about.id || report.End == nil {
		return notAReport(err, blob)
	}
	spend.Add(ctx, spend.BlobPut, float64(report.Puts))
	return r.ends(ctx, about, *report.End)
}

// lateReports takes the ends that lie in the bucket and that nobody has taken:
// whoever was called for one may have died, and is called again only later. So
// nothing is called unknown that a host has told.
func (r *Runner) lateReports(ctx context.Context, deployment string) error {
	l := r.newLook(deployment)
	if err := l.load(ctx); err != nil {
		return r.held(ctx, deployment, err)
	}
	for number := range l.at.Plan.Tasks() {
		x := l.at.State.Task(number)
		if x.Status != pipelines.Running {
			continue
		}
		about := attemptName{id: attemptID(l.at.Deployment, number, x.Attempt), deployment: deployment, task: number, attempt: x.Attempt}
		reported, err := r.hasReported(ctx, about.id)
		if err == nil && reported {
			err = r.reportedEnd(ctx, "reports/"+about.id+"/end", about)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) reportedAnswer(ctx context.Context, blob string, about attemptName) error {
	var answer task.Answer
	if err := r.readReport(ctx, blob, &answer); err != nil || answer.Attempt != about.id {
		return notAReport(err, blob)
	}
	if answer.Refused != "" {
		return r.Refused(ctx, about.id, answer.Refused)
	}
	return r.Again(ctx, about.id)
}

func notAReport(err error, blob string) error {
	if err == nil {
		err = pipelines.Refuse(pipelines.Invalid, "%s does not hold what its name says", blob)
	}
	return err
}

// readReport is strict about nothing but size: a newer executor may say more.
func (r *Runner) readReport(ctx context.Context, blob string, into any) error {
	body, _, err := r.Blobs.Get(ctx, blob)
	if errors.Is(err, blobs.ErrNotFound) {
		return pipelines.Refuse(pipelines.NotFound, "the report %s is gone", blob)
	}
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(io.LimitReader(body, reportLimit)).Decode(into); err != nil {
		return fmt.Errorf("read %s: %w", blob, err)
	}
	return nil
}

// Refused ends an attempt that was not begun and will not be.
func (r *Runner) Refused(ctx context.Context, attempt, why string) error {
	about, err := parseAttempt(attempt)
	if err != nil {
		return err
	}
	return r.ends(ctx, about, task.End{Outcome: task.Failed, Message: why})
}

// Again has an attempt dispatched once more, after a moment.
func (r *Runner) Again(ctx context.Context, attempt string) error {
	about, err := parseAttempt(attempt)
	if err != nil {
		return err
	}
	return r.again(ctx, about, time.Time{})
}

func (r *Runner) again(ctx context.Context, about attemptName, since time.Time) error {
	effect := graph.EffectID(graph.RunTask{Task: about.task, Attempt: about.attempt})
	return r.set(ctx, "later-"+about.deployment+"-"+effect, r.Env.Now().Add(soon), timer{Deployment: about.deployment, Put: putOff{Effect: effect, Since: since}})
}

// Undelivered is told when a message about an attempt did not reach its host, or
// nobody can say whether it did; since is when an earlier one was lost, if one
// was. The host's ledger is asked by another message; if that has been in vain
// for as long as our patience, the outcome is unknown.
func (r *Runner) Undelivered(ctx context.Context, attempt string, since time.Time, why string) error {
	about, err := parseAttempt(attempt)
	if err != nil {
		return err
	}
	l := r.newLook(about.deployment)
	if err := l.load(ctx); err != nil {
		return r.held(ctx, about.deployment, err)
	}
	now := r.Env.Now()
	if since.IsZero() {
		since = now
	}
	if x := l.task(about); about.attempt < x.Attempt && x.Stop { // its wish to stop goes out again with that of the newest
		about.attempt = x.Attempt
		about.id = attemptID(l.at.Deployment, about.task, about.attempt)
	}
	if r.waitsFor(l, about) && now.Sub(since) < r.patience() {
		return r.again(ctx, about, since)
	}
	return r.ends(ctx, about, task.End{Outcome: task.Unknown, Message: "the host has not taken a message for " + r.patience().String() + "; the step may have gone on there (" + why + ")"})
}

// waitsFor says whether the attempt is the one that the deployment waits for.
func (r *Runner) waitsFor(l *look, about attemptName) bool {
	if about.task >= l.at.Plan.Tasks() || attemptID(l.at.Deployment, about.task, about.attempt) != about.id {
		return false
	}
	x := l.at.State.Task(about.task)
	return x.Status == pipelines.Running && x.Attempt == about.attempt
}

// task is how the task of an attempt stands; the zero one where there is no such
// task.
func (l *look) task(of attemptName) graph.TaskState {
	if of.task >= l.at.Plan.Tasks() {
		return graph.TaskState{}
	}
	return l.at.State.Task(of.task)
}

// ends writes down how an attempt ended, and goes on from there.
func (r *Runner) ends(ctx context.Context, about attemptName, end task.End) error {
	l := r.newLook(about.deployment)
	if err := l.load(ctx); err != nil {
		return r.held(ctx, about.deployment, err)
	}
	if about.task >= l.at.Plan.Tasks() || attemptID(l.at.Deployment, about.task, about.attempt) != about.id {
		r.Log.Warn("report of an attempt that is none of ours", "attempt", about.id)
		return nil
	}
	if about.attempt < l.task(about).Attempt {
		return nil // what follows from it is long under way
	}
	if !r.waitsFor(l, about) {
		end.Artifacts = nil // told before: nothing follows from it, so nothing is copied
	}
	artifacts, err := r.keepArtifacts(ctx, about.id, end, func(sha256 string) (io.ReadCloser, error) {
		body, _, err := r.Blobs.Get(ctx, "reports/"+about.id+"/artifact-"+sha256)
		return body, err
	})
	if err != nil {
		return err
	}
	happening, err := r.ended(ctx, &l.at.Plan, graph.RunTask{Task: about.task, Attempt: about.attempt}, end, artifacts...)
	if err != nil {
		return err
	}
	l.loaded, l.reported, l.happened = true, true, []graph.Happening{happening}
	return r.failed(ctx, about.deployment, l.run(ctx))
}

// attemptName is what attemptID has put together.
type attemptName struct {
	id, deployment string
	task, attempt  int
}

func parseAttempt(id string) (attemptName, error) {
	out := attemptName{id: id}
	where, number, ok := cutLast(id, ".")
	before, taskNumber, ok2 := cutLast(where, ".t")
	deployment, created, ok3 := cutLast(before, "-")
	var errs [3]error
	out.deployment = deployment
	out.attempt, errs[0] = strconv.Atoi(number)
	out.task, errs[1] = strconv.Atoi(taskNumber)
	_, errs[2] = strconv.ParseInt(created, 36, 64)
	if !ok || !ok2 || !ok3 || deployment == "" || errors.Join(errs[:]...) != nil || out.task < 0 || out.attempt < 1 {
		return out, pipelines.Refuse(pipelines.Invalid, "%q is no attempt: one is named like Deployments-12-m3x9q2.t3.1", id)
	}
	return out, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
