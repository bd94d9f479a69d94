package lambda_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/test/emulators/lambda"
)

func function(t *testing.T, change func(*lambda.Settings)) *lambda.Function {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := lambda.Settings{Name: "tried", Bootstrap: own, Memory: 256, Timeout: 5 * time.Second, Region: "eu-central-1", Account: "123456789012",
		Env: map[string]string{"AWS_ACCESS_KEY_ID": "AKID"}}
	if change != nil {
		change(&s)
	}
	f := lambda.New(s)
	t.Cleanup(f.Close)
	return f
}

func invoke(t *testing.T, f *lambda.Function, w wish) (lambda.Result, string) {
	t.Helper()
	event, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	result, err := f.Invoke(t.Context(), event)
	if err != nil {
		t.Fatalf("Invoke(%s): %v", event, err)
	}
	return result, string(result.Payload)
}

func until(t *testing.T, what string, state func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !state(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

func TestAnEventComesBackAnswered(t *testing.T) {
	t.Parallel()
	f := function(t, nil)
	if _, got := invoke(t, f, wish{Do: "echo", Value: "one"}); got != `"one"` {
		t.Errorf("answer = %s", got)
	}
	until(t, "a free process", func() bool { return warm(t, f) })
	all := f.Records()
	first, last := all[0], all[len(all)-1]
	if !first.Cold || first.Init <= 0 || first.Billed < first.Init+first.Duration || first.MaxRSS < 1<<20 || first.GBms() <= 0 {
		t.Errorf("first event = %+v, want a cold start with its measures", first)
	}
	if last.Cold || last.Init != 0 || last.PID == 0 {
		t.Errorf("later event = %+v, want the process that was there", last)
	}
}

// warm says whether an event met a process that was there already.
func warm(t *testing.T, f *lambda.Function) bool {
	invoke(t, f, wish{Do: "echo"})
	all := f.Records()
	return !all[len(all)-1].Cold
}

func TestAFunctionSeesItsOwnEnvironmentOnly(t *testing.T) {
	t.Parallel()
	f := function(t, nil)
	_, got := invoke(t, f, wish{Do: "environment"})
	for _, want := range []string{"AWS_LAMBDA_FUNCTION_NAME=tried", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=AKID", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:"} {
		if !strings.Contains(got, want) {
			t.Errorf("environment %s has no %s", got, want)
		}
	}
	if strings.Contains(got, `"HOME=`) || strings.Contains(got, "GOCACHE") {
		t.Errorf("environment %s has what is ours", got)
	}
	if _, left := invoke(t, f, wish{Do: "deadline"}); len(left) != 4 || left < "4000" {
		t.Errorf("%s ms before the deadline, want nearly 5000", left)
	}
}

func TestAFunctionFails(t *testing.T) {
	t.Parallel()
	f := function(t, func(s *lambda.Settings) { s.Timeout = 300 * time.Millisecond })
	for _, c := range []struct {
		wish wish
		want string
	}{
		{wish{Do: "fail", Value: "no luck"}, "no luck"},
		{wish{Do: "exit", N: 7}, "Runtime exited with error: exit status 7"},
		{wish{Do: "sleep", N: 60000}, "Task timed out after 0.30 seconds"},
		{wish{Do: "big", N: 6_291_557}, "exceeded maximum allowed payload size (6291556 bytes)"},
	} {
		result, got := invoke(t, f, c.wish)
		if result.Error != "Unhandled" || !strings.Contains(got, c.want) {
			t.Errorf("%+v = %q %.200s, want %q", c.wish, result.Error, got, c.want)
		}
	}
	if _, got := invoke(t, f, wish{Do: "echo", Value: "alive"}); got != `"alive"` {
		t.Errorf("after all that = %s", got)
	}
	never := function(t, func(s *lambda.Settings) { s.Env = map[string]string{"NEVER_READY": "1"} })
	if result, got := invoke(t, never, wish{Do: "echo"}); result.Error == "" || !strings.Contains(got, "exit status 3") {
		t.Errorf("a program that ends at once = %q %s", result.Error, got)
	}
}

func TestOneEventAtATimeAndNoMoreProcessesThanAllowed(t *testing.T) {
	t.Parallel()
	f := function(t, func(s *lambda.Settings) { s.Concurrency = 2 })
	var group sync.WaitGroup
	event, _ := json.Marshal(wish{Do: "echo"})
	for range 2 {
		group.Go(func() {
			long, _ := json.Marshal(wish{Do: "sleep", N: 500})
			for {
				if _, err := f.Invoke(t.Context(), long); !errors.Is(err, lambda.ErrThrottled) {
					return
				}
			}
		})
	}
	until(t, "throttling", func() bool {
		_, err := f.Invoke(t.Context(), event)
		return errors.Is(err, lambda.ErrThrottled)
	})
	group.Wait()
	pids := map[int]bool{}
	for _, r := range f.Records() {
		pids[r.PID] = true
	}
	if len(pids) != 2 {
		t.Errorf("%d processes, want 2", len(pids))
	}
}

func TestNothingGoesOnBetweenEvents(t *testing.T) {
	t.Parallel()
	f := function(t, nil)
	file := filepath.Join(t.TempDir(), "later")
	invoke(t, f, wish{Do: "later", Value: file})
	time.Sleep(200 * time.Millisecond) // the one wait for nothing: what must not happen has no state to wait for
	if _, err := os.Stat(file); err == nil {
		t.Error("a goroutine went on after the answer")
	}
	until(t, "the goroutine going on with a later event", func() bool {
		invoke(t, f, wish{Do: "sleep", N: 20})
		_, err := os.Stat(file)
		return err == nil
	})
}

func TestVariantsKill(t *testing.T) {
	t.Parallel()
	each := function(t, func(s *lambda.Settings) { s.KillAfterEach = true })
	for range 3 {
		if _, got := invoke(t, each, wish{Do: "remember", Value: "kept"}); got != `""` {
			t.Errorf("memory of a killed process = %s", got)
		}
	}
	for _, r := range each.Records() {
		if !r.Cold || r.Error != "" {
			t.Errorf("%+v, want a cold start each time and the answer", r)
		}
	}
	some := function(t, func(s *lambda.Settings) {
		s.KillAt = func(nth int) time.Duration { return time.Duration(nth%2) * 20 * time.Millisecond }
	})
	if result, got := invoke(t, some, wish{Do: "sleep", N: 3000}); result.Error == "" || !strings.Contains(got, "signal: killed") {
		t.Errorf("killed in the middle = %q %s", result.Error, got)
	}
	if _, got := invoke(t, some, wish{Do: "echo", Value: "next"}); got != `"next"` {
		t.Errorf("the next event = %s", got)
	}
}

func TestAnUpdateReplacesIdleProcesses(t *testing.T) {
	t.Parallel()
	f := function(t, nil)
	until(t, "a free process", func() bool { return warm(t, f) })
	own, _ := os.Executable()
	link := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.Symlink(own, link); err != nil {
		t.Fatal(err)
	}
	f.Update(link)
	invoke(t, f, wish{Do: "echo"})
	if all := f.Records(); !all[len(all)-1].Cold {
		t.Error("an old process served after the update")
	}
}

func TestAsynchronousEventsAreTriedAgainAndKept(t *testing.T) {
	t.Parallel()
	kept := make(chan [2]string, 1)
	f := function(t, func(s *lambda.Settings) {
		s.Retries = []time.Duration{time.Millisecond, time.Millisecond}
		s.OnFailure = func(key string, record []byte) { kept <- [2]string{key, string(record)} }
	})
	server := httptest.NewServer(lambda.API(f))
	defer server.Close()
	post := func(kind string, w wish) *http.Response {
		b, _ := json.Marshal(w)
		req, _ := http.NewRequest("POST", server.URL+"/2015-03-31/functions/"+strings.ReplaceAll(f.ARN(), ":", "%3A")+"/invocations", bytes.NewReader(b))
		req.Header.Set("X-Amz-Invocation-Type", kind)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	file := filepath.Join(t.TempDir(), "tries")
	if res := post("Event", wish{Do: "fail until", Value: file, N: 3}); res.StatusCode != http.StatusAccepted {
		t.Fatalf("Event = %s", res.Status)
	}
	until(t, "three tries", func() bool { b, _ := os.ReadFile(file); return len(b) == 3 })
	post("Event", wish{Do: "fail", Value: "poison"})
	got := <-kept
	if !regexp.MustCompile(`^aws/lambda/async/tried/\d{4}/\d\d/\d\d/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$`).MatchString(got[0]) {
		t.Errorf("key = %s", got[0])
	}
	var record struct {
		RequestContext struct {
			Condition string
			Count     int `json:"approximateInvokeCount"`
		}
		RequestPayload  wish
		ResponsePayload struct{ ErrorMessage string }
	}
	if err := json.Unmarshal([]byte(got[1]), &record); err != nil || record.RequestContext.Condition != "RetriesExhausted" || record.RequestContext.Count != 3 ||
		record.RequestPayload.Value != "poison" || record.ResponsePayload.ErrorMessage != "poison" {
		t.Errorf("record = %s, %v", got[1], err)
	}
	if res := post("Event", wish{Value: strings.Repeat("x", 1<<20)}); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("an event of more than 1 MB = %s", res.Status)
	}
	res := post("RequestResponse", wish{Do: "fail", Value: "x"})
	if res.StatusCode != http.StatusOK || res.Header.Get("X-Amz-Function-Error") != "Unhandled" {
		t.Errorf("a failing function = %s %v", res.Status, res.Header)
	}
}

func TestAFunctionURL(t *testing.T) {
	t.Parallel()
	f := function(t, nil)
	server := httptest.NewServer(f.URL("abc.lambda-url.eu-central-1.on.aws"))
	defer server.Close()
	ask := func(method, path, kind, body string) (*http.Response, map[string]any) {
		req, _ := http.NewRequest(method, server.URL+path, strings.NewReader(body))
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Cookie", "one=1; two=2")
		req.Header.Add("X-Many", "a")
		req.Header.Add("X-Many", "b")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		var event map[string]any
		_ = json.Unmarshal(b, &event)
		return res, event
	}
	res, event := ask("POST", "/a%20b/c?q=1&q=2", "application/x-www-form-urlencoded", "k=v")
	if res.StatusCode != 201 || res.Header.Get("X-Kind") != "told" || fmt.Sprint(res.Header.Values("Set-Cookie")) != "[a=1 b=2; Secure]" {
		t.Errorf("response = %s %v", res.Status, res.Header)
	}
	context := event["requestContext"].(map[string]any)
	for what, c := range map[string][2]any{
		"rawPath": {event["rawPath"], "/a%20b/c"}, "rawQueryString": {event["rawQueryString"], "q=1&q=2"}, "cookies": {fmt.Sprint(event["cookies"]), "[one=1 two=2]"},
		"form body": {event["body"], "az12"}, "base64": {event["isBase64Encoded"], true}, "domain": {context["domainName"], "abc.lambda-url.eu-central-1.on.aws"},
		"joined": {event["headers"].(map[string]any)["x-many"], "a,b"}, "method": {context["http"].(map[string]any)["method"], "POST"},
		"query": {event["queryStringParameters"].(map[string]any)["q"], "1,2"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s = %v, want %v", what, c[0], c[1])
		}
	}
	if _, event := ask("POST", "/", "application/json; charset=utf-8", `{"Do":""}`); event["body"] != `{"Do":""}` || event["isBase64Encoded"] != false {
		t.Errorf("JSON body = %v", event["body"])
	}
	if res, _ := ask("PUT", "/", "application/octet-stream", strings.Repeat("x", 5<<20)); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("5 MB of bytes, which are more than 6 MB in base64 = %s, want 413", res.Status)
	}
}
