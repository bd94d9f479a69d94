package lambda

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"slipway/pipelines"
)

// Handler takes events as Lambda hands them over: bytes in, bytes out. It may be called from several goroutines.
type Handler struct {
	doors  Doors
	base   string
	bucket string
	client *http.Client
	now    func() time.Time
	log    *slog.Logger

	mu    sync.Mutex
	sites map[string]http.Handler // by base URL
}

// NewHandler opens the doors to events. It does no work yet.
func NewHandler(doors Doors, s Settings) *Handler {
	h := &Handler{doors: doors, base: s.BaseURL, bucket: s.Bucket, client: s.Client, now: s.Now, log: s.Log, sites: map[string]http.Handler{}}
	if h.client == nil {
		h.client = &http.Client{Timeout: 10 * time.Second}
	}
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	return h
}

// longestMargin is how long before Lambda's own deadline the work on an event ends at most.
const longestMargin = 10 * time.Second

// Invoke takes one event. It implements the interface of the runtime library.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	answer, err := h.Handle(ctx, payload)
	if err != nil {
		return nil, outward(err)
	}
	return answer, nil
}

// Handle takes one event, and says what went wrong in our own errors.
//
// The context that a door gets ends a margin before the deadline, so that there is time to write down what was
// reached: ten seconds, or a fifth of the time where that is less.
func (h *Handler) Handle(ctx context.Context, payload []byte) ([]byte, error) {
	e := event{kind: recognise(payload), raw: payload, log: h.log}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		e.log = h.log.With("request", lc.AwsRequestID)
	}
	work, cancel := h.beforeDeadline(ctx)
	defer cancel()
	began := h.now()
	answer, err := h.take(work, e)
	took := h.now().Sub(began).Milliseconds()
	if err != nil {
		e.log.Error("an event went wrong", append(told(err), "kind", e.kind.String(), "took_ms", took)...)
		return nil, err
	}
	e.log.Debug("event", "kind", e.kind.String(), "took_ms", took)
	return answer, nil
}

func (h *Handler) beforeDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	margin := min(longestMargin, max(0, deadline.Sub(h.now())/5))
	return context.WithDeadline(ctx, deadline.Add(-margin))
}

// event is one call of Lambda.
type event struct {
	kind kind
	raw  []byte
	log  *slog.Logger // names the call by Lambda's id
}

// take hands the event to the translation for its kind.
func (h *Handler) take(ctx context.Context, e event) (answer []byte, err error) {
	defer caught(&err)
	switch e.kind {
	case httpTwo, httpOne:
		return h.fromHTTP(ctx, e)
	case bucketRecords, bucketBridged:
		return nothing, h.fromBucket(ctx, e)
	case bucketTest:
		e.log.Info("the bucket can reach this function")
		return nothing, nil
	case streamRecords:
		return h.fromStream(ctx, e)
	case commandStatus:
		return nothing, h.fromCommand(ctx, e)
	case timerRang:
		return nothing, h.fromSchedule(ctx, e)
	case ownCall:
		return h.own(ctx, e)
	case customResource:
		return nothing, h.prepare(ctx, e)
	}
	return nil, unknown(e.raw)
}

// nothing is the answer to events whose sender reads none.
var nothing = []byte("null")

// outward is an error as Lambda passes it on to who called, and keeps with an event that failed for good: its type is
// the code of a refusal, or "internal".
func outward(err error) error {
	kind := string(pipelines.CodeOf(err))
	if kind == "" {
		kind = "internal"
	}
	return messages.InvokeResponse_Error{Type: kind, Message: err.Error()}
}
