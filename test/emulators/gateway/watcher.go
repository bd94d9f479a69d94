package gateway

import (
	"encoding/json"
	"net/http"
)

// watcher passes an answer on and remembers what counts.
type watcher struct {
	http.ResponseWriter
	status  int
	keep    bool // the body too
	body    []byte
	instead func(status int) bool // answers in place of the service if it says so
	dropped bool
}

// Unwrap lets the server's own abilities through.
func (w *watcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *watcher) WriteHeader(status int) {
	if status >= 200 {
		w.status = status
	}
	if w.instead != nil && w.instead(status) {
		w.dropped, w.status = true, http.StatusForbidden
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watcher) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.dropped {
		return len(b), nil
	}
	if w.keep {
		w.body = append(w.body, b...)
	}
	return w.ResponseWriter.Write(b)
}

// units is the sum of what DynamoDB says it charged, where the caller asked for it.
func (w *watcher) units() float64 {
	var one struct {
		ConsumedCapacity struct{ CapacityUnits float64 }
	}
	var many struct {
		ConsumedCapacity []struct{ CapacityUnits float64 }
	}
	if json.Unmarshal(w.body, &one) == nil {
		return one.ConsumedCapacity.CapacityUnits
	}
	sum := 0.0
	if json.Unmarshal(w.body, &many) == nil {
		for _, c := range many.ConsumedCapacity {
			sum += c.CapacityUnits
		}
	}
	return sum
}

// errorCode is DynamoDB's word for what went wrong.
func (w *watcher) errorCode() string {
	if w.status < 400 {
		return ""
	}
	var e struct {
		Type string `json:"__type"`
	}
	_ = json.Unmarshal(w.body, &e)
	return e.Type
}
