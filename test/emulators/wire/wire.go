// Package wire is how the small emulated AWS services speak: JSON requests,
// error bodies, and refusals that a test orders.
//
// It knows no service and checks no signature: whoever reaches an emulator may
// use it. What a newcomer would miss: hooks stand before the service itself, so
// a throttled or denied call has changed nothing.
package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Refusal is an error as AWS gives it.
type Refusal struct {
	Status  int
	Code    string
	Message string
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

// Refuse makes a refusal of a caller's mistake.
func Refuse(code, format string, args ...any) *Refusal {
	return &Refusal{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

// Throttled is what too many calls get.
func Throttled() *Refusal {
	return &Refusal{http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded"}
}

// Denied is what a role without the permission gets.
func Denied(action, resource string) *Refusal {
	return &Refusal{http.StatusForbidden, "AccessDeniedException", fmt.Sprintf(
		"User: arn:aws:sts::123456789012:assumed-role/slipway/slipway is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action", action, resource, action)}
}

// Hook sees each call before the service does; what it returns is the answer.
// The resource is its name or ARN.
type Hook func(operation, resource string) *Refusal

// Hooks are a service's hook. The zero value lets everything through.
type Hooks struct {
	mu   sync.Mutex
	hook Hook
}

// Before has hook asked before each call; nil ends that.
func (h *Hooks) Before(hook Hook) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hook = hook
}

// Ask asks the hook.
func (h *Hooks) Ask(operation, resource string) error {
	h.mu.Lock()
	hook := h.hook
	h.mu.Unlock()
	if hook != nil {
		if refusal := hook(operation, resource); refusal != nil {
			return refusal
		}
	}
	return nil
}

// Operation is one call: a JSON body in, a value to be written as JSON out.
type Operation func(body []byte) (any, error)

// Target is the operation that a request in JSON 1.1 names: `TrentService.Decrypt` is Decrypt.
func Target(r *http.Request) string {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return operation
}

// JSON answers one call.
func JSON(w http.ResponseWriter, r *http.Request, do Operation) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 12<<20))
	if err != nil {
		Fail(w, err)
		return
	}
	if do == nil {
		Fail(w, Refuse("UnknownOperationException", "this emulator does not know %s %s %s", r.Method, r.URL.Path, r.Header.Get("X-Amz-Target")))
		return
	}
	out, err := do(body)
	if err != nil {
		Fail(w, err)
		return
	}
	w.Header().Set("Content-Type", contentType(r))
	_ = json.NewEncoder(w).Encode(out)
}

func contentType(r *http.Request) string {
	if r.Header.Get("X-Amz-Target") != "" {
		return "application/x-amz-json-1.1"
	}
	return "application/json"
}

// Fail writes an error the way both kinds of JSON services do: the code in a
// header and in the body.
func Fail(w http.ResponseWriter, err error) {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		refusal = &Refusal{http.StatusInternalServerError, "InternalServerException", err.Error()}
	}
	w.Header().Set("X-Amzn-Errortype", refusal.Code)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(refusal.Status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": refusal.Code, "message": refusal.Message, "Message": refusal.Message})
}

// Read reads a call's body.
func Read[T any](body []byte) (T, error) {
	var in T
	if err := json.Unmarshal(body, &in); err != nil {
		return in, Refuse("SerializationException", "%s", err)
	}
	return in, nil
}
