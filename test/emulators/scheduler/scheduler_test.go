package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"slipway/test/emulators/scheduler"
	"slipway/test/emulators/wire"
)

// ask makes a request as a client would write it by hand.
func ask(t *testing.T, s *scheduler.Server, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, "https://scheduler.eu-central-1.amazonaws.com"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := wire.Direct{Handler: s}.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func schedule(expression, token, input string) string {
	return fmt.Sprintf(`{"ActionAfterCompletion":"DELETE","ClientToken":%q,"FlexibleTimeWindow":{"Mode":"OFF"},"ScheduleExpression":%q,
		"Target":{"Arn":"arn:aws:lambda:eu-central-1:123456789012:function:f","RoleArn":"arn:aws:iam::123456789012:role/r","Input":%q,"RetryPolicy":{"MaximumRetryAttempts":2}}}`, token, expression, input)
}

// calls records what the target is called with, and refuses the first few.
type calls struct {
	mu     sync.Mutex
	all    []string
	refuse int
}

func (c *calls) take(_ context.Context, in scheduler.Invocation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, time.Now().Format("15:04")+" "+string(in.Input))
	if c.refuse--; c.refuse >= 0 {
		return errors.New("no")
	}
	return nil
}

func TestCreateUpdateDelete(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c calls
		s := scheduler.New(scheduler.Options{Invoke: c.take})
		defer s.Close()
		for _, step := range []struct {
			method, path, body string
			status             int
			says               string
		}{
			{"PUT", "/schedules/a", schedule("at(2000-01-01T01:00:00)", "1", "{}"), 404, "ResourceNotFoundException"},
			{"POST", "/schedules/a", schedule("at(2000-01-01T01:00:00)", "2", "{}"), 200, "schedule/default/a"},
			{"POST", "/schedules/a", schedule("at(2000-01-01T01:00:00)", "2", "{}"), 200, "schedule/default/a"},
			{"POST", "/schedules/a", schedule("at(2000-01-01T01:00:00)", "2", "[]"), 409, "ConflictException"},
			{"POST", "/schedules/a", schedule("at(2000-01-01T01:00:00)", "3", "{}"), 409, "ConflictException"},
			{"PUT", "/schedules/a", schedule("at(2000-01-01T02:00:00)", "4", "[1]"), 200, "schedule/default/a"},
			{"GET", "/schedules/a", "", 200, "at(2000-01-01T02:00:00)"},
			{"POST", "/schedules/b", schedule("at(2000-01-01T02:00:00)", "5", "{}"), 200, ""},
			{"DELETE", "/schedules/b", "", 200, ""},
			{"DELETE", "/schedules/b", "", 404, "ResourceNotFoundException"},
			{"POST", "/schedules/no%20name", schedule("at(2000-01-01T02:00:00)", "6", "{}"), 400, "ValidationException"},
			{"POST", "/schedules/c", schedule("at(1999-12-31T00:00:00)", "7", "{}"), 400, "ValidationException"},
			{"POST", "/schedules/c", schedule("at(2000-02-30T00:00:00)", "8", "{}"), 400, "ValidationException"},
			{"POST", "/schedules/c", schedule("rate(1 day)", "9", "{}"), 400, "ValidationException"},
			{"POST", "/schedules/c", schedule("at(2000-01-01T02:00:00)", "10", "not JSON"), 400, "ValidationException"},
			{"GET", "/schedule-groups/x", "", 400, "UnknownOperationException"},
		} {
			if status, text := ask(t, s, step.method, step.path, step.body); status != step.status || !strings.Contains(text, step.says) {
				t.Errorf("%s %s %s = %d %s, want %d %s", step.method, step.path, step.body, status, text, step.status, step.says)
			}
		}
		time.Sleep(119 * time.Minute)
		synctest.Wait()
		if len(c.all) > 0 {
			t.Errorf("called %q before its time", c.all)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if len(c.all) != 1 || c.all[0] != "02:00 [1]" || len(s.Schedules()) != 0 {
			t.Errorf("called %q, left %v, want one call as updated and nothing left", c.all, s.Schedules())
		}
	})
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := calls{refuse: 3}
		s := scheduler.New(scheduler.Options{Invoke: c.take})
		defer s.Close()
		ask(t, s, "POST", "/schedules/a", schedule("at(2000-01-01T00:00:00)", "1", "{}"))
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(c.all) != 3 || len(s.Dropped()) != 1 || len(s.Schedules()) != 0 {
			t.Errorf("%d calls, dropped %v, want 3 and one", len(c.all), s.Dropped())
		}
	})
}

func TestTheClockIsTheTests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c calls
		now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		s := scheduler.New(scheduler.Options{Invoke: c.take, Now: func() time.Time { return now }})
		defer s.Close()
		ask(t, s, "POST", "/schedules/a", schedule("at(2030-01-01T05:00:00)", "1", "{}"))
		ask(t, s, "POST", "/schedules/b", schedule("at(2031-01-01T05:00:00)", "2", "[]"))
		now = now.Add(6 * time.Hour)
		s.Wake()
		synctest.Wait()
		if len(c.all) != 1 {
			t.Errorf("%d calls after the clock was set, want 1", len(c.all))
		}
		if n := s.FireNow(func(e scheduler.Schedule) bool { return e.Name == "b" }); n != 1 {
			t.Errorf("FireNow = %d, want 1", n)
		}
		synctest.Wait()
		if len(c.all) != 2 {
			t.Errorf("%d calls, want 2", len(c.all))
		}
	})
}

// A world of a test may run sixty times as fast.
func TestSpeed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c calls
		began := time.Now()
		s := scheduler.New(scheduler.Options{Invoke: c.take, Speed: 60, Precision: time.Second, Now: func() time.Time { return began.Add(60 * time.Since(began)) }})
		defer s.Close()
		ask(t, s, "POST", "/schedules/a", schedule("at(2000-01-01T01:00:00)", "1", "{}"))
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if len(c.all) != 1 {
			t.Errorf("%d calls after a minute that was an hour, want 1", len(c.all))
		}
	})
}
