package api

import (
	"net/http"
	"strconv"
	"time"

	"slipway/pipelines"
)

// number reads a count from the query, usual where it is not given.
func number(r *http.Request, name string, usual, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, pipelines.Refuse(pipelines.Invalid, "`%s` is a number from 1 to %d, not %q", name, most, text)
	}
	return n, nil
}

// duration reads a time span from the query, none where it is not given. More
// than most is cut, not refused: who waits asks again anyway.
func duration(r *http.Request, name string, most time.Duration) (time.Duration, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, pipelines.Refuse(pipelines.Invalid, "`%s` is a time like 5s, not %q", name, text)
	}
	return min(d, most), nil
}

// truth reads yes or no from the query.
func truth(r *http.Request, name string) (bool, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return false, nil
	}
	b, err := strconv.ParseBool(text)
	if err != nil {
		return false, pipelines.Refuse(pipelines.Invalid, "`%s` is true or false, not %q", name, text)
	}
	return b, nil
}
