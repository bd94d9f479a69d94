package lambda

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// API is Lambda's own Invoke API for some functions: POST /2015-03-31/functions/FunctionName/invocations.
func API(functions ...*Function) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := invoked(r)
		if !ok {
			refuse(w, http.StatusNotFound, "UnknownOperationException", "")
			return
		}
		for _, f := range functions {
			if name == f.Name() || name == f.ARN() || name == f.ARN()+":$LATEST" {
				f.serveInvoke(w, r)
				return
			}
		}
		refuse(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+name)
	})
}

// invoked is the name in the path; an ARN comes percent-encoded.
func invoked(r *http.Request) (string, bool) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), "/2015-03-31/functions/")
	if !ok || r.Method != http.MethodPost {
		return "", false
	}
	rest, ok = strings.CutSuffix(rest, "/invocations")
	name, err := url.PathUnescape(rest)
	return name, ok && err == nil
}

func (f *Function) serveInvoke(w http.ResponseWriter, r *http.Request) {
	event, err := io.ReadAll(io.LimitReader(r.Body, maxPayload+1))
	if err != nil {
		return
	}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
		f.serveSync(w, r, event)
	case "Event":
		f.serveAsync(w, event)
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, http.StatusBadRequest, "InvalidParameterValueException", "Unknown invocation type: "+kind)
	}
}

// serveSync: "The status code in the API response doesn't reflect function errors" (API reference, Invoke).
func (f *Function) serveSync(w http.ResponseWriter, r *http.Request, event []byte) {
	if len(event) > maxPayload {
		tooLarge(w)
		return
	}
	result, err := f.Invoke(r.Context(), event)
	switch {
	case errors.Is(err, ErrThrottled):
		throttled(w)
	case err != nil:
		refuse(w, http.StatusInternalServerError, "ServiceException", err.Error())
	default:
		w.Header().Set("X-Amz-Executed-Version", "$LATEST")
		w.Header().Set("X-Amzn-Requestid", result.RequestID)
		if result.Error != "" {
			w.Header().Set("X-Amz-Function-Error", result.Error)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(result.Payload)
	}
}

// serveAsync: "202 – Event received" is the status of an asynchronous invocation, which has no body (API reference, Invoke).
func (f *Function) serveAsync(w http.ResponseWriter, event []byte) {
	id, err := f.InvokeAsync(event)
	if err != nil {
		tooLarge(w)
		return
	}
	w.Header().Set("X-Amzn-Requestid", id)
	w.WriteHeader(http.StatusAccepted)
}

func throttled(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
}

func tooLarge(w http.ResponseWriter) {
	refuse(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", "Request must be smaller than the payload limit of the invocation type")
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("X-Amzn-Errortype", kind)
	answer(w, status, map[string]string{"Type": "User", "Message": message})
}
