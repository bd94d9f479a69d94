package ssmhosts

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
	"slipway/runner/s3blobs"
	"slipway/runner/tasklog"
	"slipway/test/emulators/s3"
)

// overS3 is a world whose hosts fetch from a real S3 server and answer into it.
func overS3(t *testing.T) (*world, *s3blobs.Blobs) {
	bucket := s3.Need(t)
	store := s3blobs.New(bucket.Config(), s3blobs.Settings{Bucket: bucket.Name, Prefix: "store/"})
	w := newWorld(t)
	w.hosts = New(w.cfg, Settings{
		Store: store, Random: rand.Reader, Home: w.home, Poll: 20 * time.Millisecond,
		Programs: calling(t), CallTimeout: 20 * time.Second, Lease: 40 * time.Second,
	})
	if missing, err := w.hosts.Publish(t.Context()); err != nil || len(missing) > 0 {
		t.Fatal(missing, err)
	}
	return w.known(), store
}

func TestSuiteOverS3(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		w, _ := overS3(t)
		return hoststest.Fixture{
			Hosts: w.hosts, Target: w.target, Again: func(*testing.T) hosts.Hosts { return w.hosts },
			Payload: hoststest.Appending(w.mark()), Payloads: hoststest.Appended(w.mark()),
		}
	})
}

func TestErrandOverS3(t *testing.T) {
	t.Parallel()
	w, store := overS3(t)
	o := w.order("seq 1 3000")
	lines, err := store.SignForm(t.Context(), "logs/Deployments-12/t3/"+o.ID+"/", 1<<20, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	reports, err := store.SignForm(t.Context(), "reports/"+o.ID+"/", 1<<20, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	w.dispatch(task.Errand{Format: task.ErrandFormat, Order: o, Lines: lines, Reports: reports, Nonce: nonce()})
	var report task.Report
	w.eventually("the end", func() bool {
		r, _, err := store.Get(t.Context(), "reports/"+o.ID+"/end")
		if err != nil {
			return false
		}
		defer r.Close()
		return json.NewDecoder(r).Decode(&report) == nil
	})
	if report.End == nil || report.End.Outcome != task.Succeeded {
		t.Errorf("end = %+v", report)
	}
	entries, _, err := tasklog.New(store).Read(t.Context(), tasklog.Output{Deployment: "Deployments-12"}, "", 10000)
	said := 0
	for _, e := range entries {
		if e.Stream == task.Stdout {
			said++
		}
	}
	if err != nil || said != 3000 {
		t.Errorf("%d lines, %v", said, err)
	}
	w.settled(o.ID)
}
