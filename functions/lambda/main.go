package lambda

import (
	"context"
	"log"
	"log/slog"
	"net/http"
	"time"

	awslambda "github.com/aws/aws-lambda-go/lambda"

	"slipway/pipelines"
)

// Settings are what a function is told besides its doors.
type Settings struct {
	// BaseURL is where people reach the pages; "" takes the address of each request from AWS's own part of it.
	BaseURL string
	// Bucket is the one that events may speak of; "" takes all.
	Bucket string
	// Client sends answers to CloudFormation; nil: one with a deadline.
	Client *http.Client
	// Now is asked how much time an event has left.
	Now func() time.Time
	Log *slog.Logger
}

// RuntimeAPI is the variable that is set where Lambda runs a program.
const RuntimeAPI = "AWS_LAMBDA_RUNTIME_API"

// Main takes one event after the other from the Lambda runtime. Inside Lambda it does not return: the process ends
// when the runtime is gone or an answer cannot be delivered, and Lambda starts another.
func Main(ctx context.Context, doors Doors, s Settings, env func(string) (string, bool)) error {
	if api, _ := env(RuntimeAPI); api == "" {
		return pipelines.Refuse(pipelines.Invalid, "%s is not set: this runs inside AWS Lambda only; on a server of your own use slipway serve", RuntimeAPI)
	}
	h := NewHandler(doors, s)
	// The runtime library repeats every failure in its own words; Handler has logged it with all that is known.
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(h.log.Handler(), slog.LevelDebug).Writer())
	awslambda.StartWithOptions(h, awslambda.WithContext(ctx))
	return nil
}

// Logger writes as CloudWatch reads it best: a JSON object a line.
func Logger(to interface{ Write([]byte) (int, error) }, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level}))
}
