package lambda

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxPayload: "6 MB each for request and response (synchronous)" (Lambda quotas). The service counts 6,291,556 bytes.
const maxPayload = 6_291_556

// runtimeAPI is what the process sees under AWS_LAMBDA_RUNTIME_API (Using the Lambda runtime API for custom runtimes).
func (p *process) runtimeAPI() http.Handler {
	const root = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"invocation/next", p.next)
	mux.HandleFunc("POST "+root+"invocation/{id}/response", p.response)
	mux.HandleFunc("POST "+root+"invocation/{id}/error", p.failed)
	mux.HandleFunc("POST "+root+"init/error", p.initFailed)
	return mux
}

// next: "The runtime sends this message to Lambda to request an invocation event."
func (p *process) next(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	first := !p.asked
	p.asked = true
	if first {
		p.init = time.Since(p.started)
	}
	p.mu.Unlock()
	if first {
		close(p.ready)
	} else {
		p.asks <- struct{}{}
	}
	// "Do not set a timeout on the GET request as the response may be delayed."
	select {
	case j := <-p.jobs:
		h := w.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", j.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(j.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", p.of.ARN())
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-"+fmt.Sprintf("%08x", time.Now().Unix())+"-000000000000000000000000;Parent=0000000000000000;Sampled=0")
		h.Set("Content-Type", "application/json")
		_, _ = w.Write(j.payload)
	case <-p.dead:
	case <-r.Context().Done():
	}
}

// response: "After the function has run to completion, the runtime sends an invocation response to Lambda."
func (p *process) response(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload+1))
	if err != nil {
		return
	}
	if len(body) > maxPayload {
		rest, _ := io.Copy(io.Discard, r.Body)
		p.conclude(w, r, http.StatusRequestEntityTooLarge, outcome{errType: "Function.ResponseSizeTooLarge", payload: failure("Function.ResponseSizeTooLarge",
			fmt.Sprintf("Response payload size (%d bytes) exceeded maximum allowed payload size (%d bytes).", int64(len(body))+rest, maxPayload))})
		return
	}
	p.conclude(w, r, http.StatusAccepted, outcome{payload: body})
}

// failed: "If the function returns an error or the runtime encounters an error, the runtime formats the error into a JSON document,
// reports the error to Lambda, and continues on with the next invocation."
func (p *process) failed(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload))
	if err != nil {
		return
	}
	kind := r.Header.Get("Lambda-Runtime-Function-Error-Type")
	if kind == "" {
		kind = "Unhandled"
	}
	p.conclude(w, r, http.StatusAccepted, outcome{payload: body, errType: kind})
}

// initFailed: "If the function returns an error or the runtime encounters an error during initialization, the runtime uses this method
// to report the error to Lambda."
func (p *process) initFailed(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxPayload))
	p.mu.Lock()
	p.initErr = body
	p.mu.Unlock()
	answer(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

// conclude hands the outcome to whoever waits for it. With the variant that kills, the process never reads the reply.
func (p *process) conclude(w http.ResponseWriter, r *http.Request, status int, o outcome) {
	p.mu.Lock()
	j := p.current
	p.mu.Unlock()
	if j == nil || j.id != r.PathValue("id") {
		answer(w, http.StatusBadRequest, map[string]string{"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"})
		return
	}
	o.maxRSS = maxRSS(p.cmd.Process.Pid)
	select {
	case j.answer <- o:
	default: // it has ended already, by its deadline
	}
	if p.of.settings.KillAfterEach {
		p.kill()
		return
	}
	if status == http.StatusAccepted {
		answer(w, status, map[string]string{"status": "OK"})
		return
	}
	answer(w, status, map[string]string{"errorType": "RequestEntityTooLarge", "errorMessage": "Exceeded maximum allowed payload size"})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// failure is the document a caller sees for an error of the service's own.
func failure(kind, message string) []byte {
	b, _ := json.Marshal(struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{kind, message})
	return b
}
