package scheduler

import (
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

const (
	firstPause = time.Second
	// longestPause is a guess: AWS says that it waits longer each time, not how long.
	longestPause = 15 * time.Minute
)

// arm starts the clock of an entry. The caller holds the lock.
func (s *Server) arm(e *entry) {
	// "All schedule types on EventBridge Scheduler invoke their targets with 60
	// second precision." (Schedule types on EventBridge Scheduler)
	late := fnv.New32()
	late.Write([]byte(e.Name))
	e.due = e.At.Add(time.Duration(late.Sum32()) % s.o.Precision)
	e.timer = time.AfterFunc(s.wait(e.due), func() { s.fire(e) })
}

func (s *Server) fire(e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.done || s.all[key(e.Group, e.Name)] != e || s.ctx.Err() != nil {
		return // replaced or deleted meanwhile
	}
	if wait := s.wait(e.due); wait > 0 {
		e.timer.Reset(wait)
		return
	}
	e.done = true
	s.calls.Go(func() { s.call(e) })
}

// call calls the target until that works or the retry policy says no more, and
// deletes the schedule: ActionAfterCompletion is "the action that EventBridge
// Scheduler applies to the schedule after the schedule completes invoking the
// target" (API_CreateSchedule).
func (s *Server) call(e *entry) {
	began := s.o.Now()
	in := Invocation{e.Name, e.TargetARN, e.RoleARN, nil}
	for tries := 0; ; tries++ {
		in.Input = filled(e, tries)
		if s.o.Invoke(s.ctx, in) == nil {
			break
		}
		if s.ctx.Err() != nil {
			return
		}
		// "Retry attempts with exponential backoff continue until either the
		// maximum number of attempts is made or until the duration of the
		// MaximumEventAgeInSeconds is reached." (API_RetryPolicy)
		if tries >= e.MaximumRetries || s.o.Now().Sub(began) >= e.MaximumAge {
			s.mu.Lock()
			s.dropped = append(s.dropped, in)
			s.mu.Unlock()
			break
		}
		if !s.pause(min(firstPause<<min(tries, 20), longestPause)) {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := key(e.Group, e.Name); e.DeleteAfterwards && s.all[k] == e {
		delete(s.all, k)
	}
}

// filled is the input as the target gets it: "EventBridge Scheduler replaces each
// keyword with its respective value" (Adding context attributes).
func filled(e *entry, tries int) []byte {
	return []byte(strings.NewReplacer(
		"<aws.scheduler.schedule-arn>", arn(e.Group, e.Name),
		"<aws.scheduler.scheduled-time>", e.At.UTC().Format(time.RFC3339),
		"<aws.scheduler.execution-id>", "d32c5kddcf5bb8c3",
		"<aws.scheduler.attempt-number>", strconv.Itoa(tries+1),
	).Replace(string(e.Input)))
}

func (s *Server) pause(d time.Duration) bool {
	timer := time.NewTimer(time.Duration(float64(d) / s.o.Speed))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
