package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"slipway/pipelines"
)

// read takes the body as JSON. A field we do not know is an error: it is a
// typing mistake, or meant for a newer server, and would else be dropped
// in silence.
func read[T any](r *http.Request) (T, error) {
	var v T
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&v)
	if err == nil {
		_, err = decoder.Token() // there must be nothing behind it
		if err == io.EOF {
			return v, nil
		}
		if err == nil {
			err = errors.New("there is more after its end")
		}
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return v, tooLarge
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("it is empty")
	}
	return v, pipelines.Refuse(pipelines.Invalid, "the body of the request is not the JSON that is wanted here: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// write sends the body, made whole before anything of it is sent.
func write(w http.ResponseWriter, body any) error {
	if body == nil {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(body); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(text.Bytes()) // who asked has gone
	return nil
}

// list is never null in JSON.
func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
