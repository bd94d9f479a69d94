package dynamotable

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/table"
)

// passing are the refusals that are worth another try, by name.
var passing = map[string]func(*http.Request) (*http.Response, error){
	"throughput": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 400, "ProvisionedThroughputExceededException", "too fast", "")
	},
	"throttling": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 400, "ThrottlingException", "too fast", "")
	},
	"limit": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 400, "RequestLimitExceeded", "too fast", "")
	},
	"conflict": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 400, "TransactionConflictException", "busy", "")
	},
	"in progress": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 400, "TransactionInProgressException", "busy", "")
	},
	"cancelled": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 400, "TransactionCanceledException", "busy", `,"CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]`)
	},
	"cancelled, slow": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 400, "TransactionCanceledException", "busy", `,"CancellationReasons":[{"Code":"ThrottlingError"},{"Code":"None"}]`)
	},
	"fault": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 500, "InternalServerError", "sorry", "")
	},
	"unavailable": func(r *http.Request) (*http.Response, error) {
		return refuse(r, 503, "ServiceUnavailable", "sorry", "")
	},
	"no line": func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") },
}

func TestBusyIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, m := meddled(t, quick)
			threeTimes := func(try int, r *http.Request, pass func() (*http.Response, error)) (*http.Response, error) {
				if try < quick.tries {
					return fault(r)
				}
				return pass()
			}
			m.from(threeTimes)
			must(t, tb.Write(t.Context(), table.Create(key("a"), []byte("1"))))
			m.from(threeTimes)
			must(t, tb.Write(t.Context(), table.Replace(key("a"), []byte("2"), 1), table.Put(key("b"), []byte("1"))))
			m.from(threeTimes)
			must(t, tb.Write(t.Context(), table.Put(key("b"), []byte("2"))))
			m.from(threeTimes)
			wantItem(t, tb, key("a"), "2", 2)
			m.from(threeTimes)
			page, err := tb.Query(t.Context(), table.Range{Partition: "p", From: "b"})
			if err != nil || len(page.Items) != 1 || page.Items[0].Revision != 2 {
				t.Errorf("Query: got %+v and %v, want b at revision 2", page.Items, err)
			}
		})
	}
}

func TestBusyForGoodIsSaidToPeople(t *testing.T) {
	t.Parallel()
	for name, fault := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, m := meddled(t, quick)
			m.from(func(_ int, r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
				return fault(r)
			})
			_, getting := tb.Get(t.Context(), key("a"))
			_, querying := tb.Query(t.Context(), table.Range{Partition: "p"})
			for call, err := range map[string]error{
				"Get": getting, "Query": querying,
				"Write of one":  tb.Write(t.Context(), table.Create(key("a"), nil)),
				"Write of more": tb.Write(t.Context(), table.Create(key("a"), nil), table.Remove(key("b"))),
			} {
				refusal, ok := errors.AsType[*pipelines.Error](err)
				if !ok || refusal.Code != pipelines.Unavailable || !strings.Contains(refusal.Message, "the table "+tb.name) || !strings.Contains(refusal.Message, "try again") {
					t.Errorf("%s: got %v (for people: %v), want unavailable with the table's name and what to do", call, err, refusal)
				}
				if errors.Is(err, table.ErrConflict) || errors.Is(err, table.ErrNotFound) || errors.Is(err, table.ErrInvalid) {
					t.Errorf("%s: got %v, which says that nothing was written", call, err)
				}
			}
			if got, want := len(strings.Fields(m.operations())), 4*quick.tries; got != want {
				t.Errorf("%d requests, want %d: %s", got, want, m.operations())
			}
		})
	}
}

// TestCrowdIsPatient has more writers who meet each other than one of them alone would have tries.
func TestCrowdIsPatient(t *testing.T) {
	t.Parallel()
	tb, m := meddled(t, quick)
	const writers = 60
	m.from(func(_ int, r *http.Request, pass func() (*http.Response, error)) (*http.Response, error) {
		if r.Header.Get("Amz-Sdk-Request") != fmt.Sprintf("attempt=%d; max=%[1]d", quick.tries) {
			return refuse(r, 400, "TransactionConflictException", "busy", "")
		}
		return pass()
	})
	ended := make(chan error, writers)
	for i := range writers {
		go func() { ended <- tb.Write(t.Context(), table.Put(key(fmt.Sprint(i%5)), nil)) }()
	}
	for range writers {
		must(t, <-ended)
	}
	m.from(nil)
	for i := range 5 {
		wantItem(t, tb, key(fmt.Sprint(i)), "", writers/5)
	}
}

// TestConflictIsFinal sees a transaction in which one demand failed and another item was busy: trying again is no use.
func TestConflictIsFinal(t *testing.T) {
	t.Parallel()
	tb, m := meddled(t, quick)
	m.from(func(_ int, r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		return refuse(r, 400, "TransactionCanceledException", "no", `,"CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"ConditionalCheckFailed"}]`)
	})
	err := tb.Write(t.Context(), table.Put(key("a"), nil), table.Create(key("b"), nil))
	var conflict *table.ConflictError
	if !errors.As(err, &conflict) || len(conflict.Keys) != 1 || conflict.Keys[0] != key("b") || m.operations() != "TransactWriteItems" {
		t.Errorf("Write: got %v after %s, want a conflict about b after one request", err, m.operations())
	}
}

// TestEndedContextIsNotTriedAgain ends the context while a request is under way.
func TestEndedContextIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	tb, m := meddled(t, quick)
	ctx, cancel := context.WithCancel(t.Context())
	m.from(func(_ int, r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	if err := tb.Write(ctx, table.Create(key("a"), nil)); !errors.Is(err, context.Canceled) || m.operations() != "PutItem" {
		t.Errorf("Write: got %v after %q, want context.Canceled after one request", err, m.operations())
	}
}

// TestLateAnswer waits for an answer that does not come within the time of one try.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	p := quick
	p.each = p.each / 5
	tb, m := meddled(t, p)
	m.from(func(try int, r *http.Request, pass func() (*http.Response, error)) (*http.Response, error) {
		if try > 1 {
			return pass()
		}
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	must(t, tb.Write(t.Context(), table.Create(key("a"), []byte("v"))))
	wantItem(t, tb, key("a"), "v", 1)
}
