package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	runtime "github.com/aws/aws-lambda-go/lambda"
)

// wish is the event of the function these tests run: this very binary, with the runtime client that real functions have.
type wish struct {
	Do    string
	Value string
	N     int
}

func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	if os.Getenv("NEVER_READY") != "" {
		os.Exit(3)
	}
	runtime.Start(serve)
}

var remembered string

func serve(ctx context.Context, event json.RawMessage) (any, error) {
	var w wish
	if err := json.Unmarshal(event, &w); err != nil {
		return nil, err
	}
	switch w.Do {
	case "echo":
		return w.Value, nil
	case "remember":
		before := remembered
		remembered = w.Value
		return before, nil
	case "fail":
		return nil, errors.New(w.Value)
	case "fail until":
		b, _ := os.ReadFile(w.Value)
		_ = os.WriteFile(w.Value, append(b, 'x'), 0o600)
		if len(b)+1 < w.N {
			return nil, errors.New("not yet")
		}
		return len(b) + 1, nil
	case "exit":
		os.Exit(w.N)
	case "sleep":
		time.Sleep(time.Duration(w.N) * time.Millisecond)
	case "big":
		return strings.Repeat("x", w.N), nil
	case "environment":
		return os.Environ(), nil
	case "deadline":
		d, _ := ctx.Deadline()
		return time.Until(d).Milliseconds(), nil
	case "later": // leaves work to a goroutine
		go func() {
			time.Sleep(50 * time.Millisecond)
			_ = os.WriteFile(w.Value, []byte("done"), 0o600)
		}()
	}
	if w.Do == "" { // an HTTP request: tell what came, with a cookie
		return map[string]any{"statusCode": 201, "headers": map[string]string{"X-Kind": "told", "Content-Type": "application/json"},
			"cookies": []string{"a=1", "b=2; Secure"}, "body": string(event)}, nil
	}
	return nil, nil
}
