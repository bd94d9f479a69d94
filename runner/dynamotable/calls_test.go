package dynamotable

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"slipway/pipelines"
	"slipway/runner/spend"
	"slipway/runner/table"
)

// TestCallsAndUnits says which call each Write is and what it costs. Idle costs nothing: New calls nobody.
func TestCallsAndUnits(t *testing.T) {
	t.Parallel()
	tb, m := meddled(t, quick)
	if m.operations() != "" {
		t.Errorf("New called %s", m.operations())
	}
	kilobytes := func(n int) []byte { return make([]byte, n<<10-100) }
	for _, c := range []struct {
		changes    []table.Change
		operations string
		units      spend.Counts
	}{
		{nil, "", nil},
		{[]table.Change{table.Create(key("a"), kilobytes(1))}, "PutItem", spend.Counts{spend.TableWrite: 1}},
		{[]table.Change{table.Replace(key("a"), kilobytes(3), 1)}, "PutItem", spend.Counts{spend.TableWrite: 3}},
		{[]table.Change{table.Put(key("b"), kilobytes(1))}, "UpdateItem", spend.Counts{spend.TableWrite: 1}},
		{[]table.Change{table.Demand(key("b"), 1)}, "GetItem", spend.Counts{spend.TableRead: 1}},
		{[]table.Change{table.Create(key("a"), nil)}, "PutItem", spend.Counts{spend.TableWrite: 3}}, // refused, and paid for
		{[]table.Change{table.Create(key("c"), nil), table.Put(key("d"), nil)}, "TransactWriteItems", spend.Counts{spend.TableWrite: 4}},
		{[]table.Change{table.Create(key("c"), nil), table.Remove(key("d"))}, "TransactWriteItems", spend.Counts{spend.TableWrite: 4}}, // refused
		{[]table.Change{table.Remove(key("d"))}, "DeleteItem", spend.Counts{spend.TableWrite: 1}},
		{[]table.Change{table.RemoveAt(key("c"), 1)}, "DeleteItem", spend.Counts{spend.TableWrite: 1}},
		{[]table.Change{table.Put(key("a"), make([]byte, table.MaxItem+1))}, "", nil},
	} {
		meter := &spend.Meter{}
		m.from(nil)
		err := tb.Write(spend.With(t.Context(), meter), c.changes...)
		if err != nil && !errors.Is(err, table.ErrConflict) && !errors.Is(err, table.ErrInvalid) {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(m.operations(), meter.Take()), fmt.Sprint(c.operations, c.units); got != want {
			t.Errorf("Write(%d changes, the first %+v): got %s, want %s", len(c.changes), c.changes[:min(1, len(c.changes))], got, want)
		}
	}
	meter := &spend.Meter{}
	if _, err := tb.Query(spend.With(t.Context(), meter), table.Range{Partition: "p"}); err != nil || fmt.Sprint(meter.Take()) != "map[table-read:1]" {
		t.Errorf("Query: %v, or not one read unit", err)
	}
}

// TestAttributes looks at an item as the stream's filter and the expiry of DynamoDB see it.
func TestAttributes(t *testing.T) {
	t.Parallel()
	tb, _ := meddled(t, quick)
	tb.origin = "web"
	soon := time.Now().Add(time.Hour).Truncate(time.Second)
	for _, k := range []table.Key{{Partition: "SELECT", Sort: "TABLE"}, {Partition: ":p", Sort: "#s"}} { // words of DynamoDB's own mean nothing
		for what, write := range map[string][]table.Change{
			"Create":        {table.Create(k, nil).Until(soon)},
			"Put":           {table.Put(k, nil).Until(soon)},
			"Create of two": {table.Create(k, nil).Until(soon), table.Put(key("x"), nil)},
			"Put of two":    {table.Put(k, nil).Until(soon), table.Put(key("x"), nil)},
		} {
			must(t, tb.Write(t.Context(), table.Remove(k)))
			must(t, tb.Write(t.Context(), write...))
			a := raw(t, tb, k)
			o, _ := a["o"].(*types.AttributeValueMemberS)
			x, _ := numberIn(a, "x")
			if o == nil || o.Value != "web" || x != soon.Unix() {
				t.Errorf("%s: the item is %v, want o = web and x = %d", what, a, soon.Unix())
			}
		}
		must(t, tb.Write(t.Context(), table.Put(k, nil)))
		if a := raw(t, tb, k); a["x"] != nil {
			t.Errorf("Put without expiry: the item still has x: %v", a)
		}
	}
}

// TestPagesPastExpired has more expired items in front of a living one than a page has room for.
func TestPagesPastExpired(t *testing.T) {
	t.Parallel()
	tb, _ := meddled(t, quick)
	now := time.Now()
	tb.now = func() time.Time { return now }
	for i := range 5 {
		must(t, tb.Write(t.Context(), table.Put(key(fmt.Sprint("a", i)), nil).Until(now.Add(time.Hour))))
	}
	must(t, tb.Write(t.Context(), table.Put(key("b"), nil), table.Put(key("c"), nil)))
	now = now.Add(2 * time.Hour) // DynamoDB itself leaves them alone: it goes by the real clock
	page, err := tb.Query(t.Context(), table.Range{Partition: "p", Limit: 2})
	if err != nil || len(page.Items) == 0 || page.Items[0].Key != key("b") {
		t.Errorf("Query: got %+v and %v, want a page that begins with b", page, err)
	}
}

// TestLargest writes the largest items and transactions that we allow, and sees that DynamoDB's own limit is a fault of
// ours, not a conflict and nothing that passes.
func TestLargest(t *testing.T) {
	t.Parallel()
	tb, _ := meddled(t, quick)
	long := strings.Repeat("k", table.MaxKey)
	must(t, tb.Write(t.Context(), table.Create(table.Key{Partition: long, Sort: long}, make([]byte, table.MaxItem))))
	var changes []table.Change
	left := table.MaxWrite
	for i := range table.MaxChanges {
		k := table.Key{Partition: "many", Sort: fmt.Sprint(i)}
		left -= len(k.Partition) + len(k.Sort)
		changes = append(changes, table.Create(k, nil))
	}
	for i := range changes {
		changes[i].Value = make([]byte, min(left, table.MaxItem))
		left -= len(changes[i].Value)
	}
	must(t, tb.Write(t.Context(), changes...))
	page, err := tb.Query(t.Context(), table.Range{Partition: "many", From: "99"})
	if err != nil || len(page.Items) != 1 {
		t.Errorf("Query after the largest write: got %v and %v", page.Items, err)
	}
	for size, fits := range map[int]bool{399 << 10: true, 401 << 10: false} {
		err = tb.one(t.Context(), table.Create(key(fmt.Sprint(size)), make([]byte, size)))
		if fits && err != nil || !fits && (err == nil || errors.Is(err, table.ErrConflict) || pipelines.CodeOf(err) != "") {
			t.Errorf("an item of %d bytes: got %v, fits: %t", size, err, fits)
		}
	}
}

// TestClockSkew has a server whose clock is an hour ahead of ours. It refuses what was signed more than five minutes
// ago, as DynamoDB does, and tells its time; the SDK then signs by that.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{time.Hour, -time.Hour} {
		tb, m := meddled(t, quick)
		theirs := func() time.Time { return time.Now().Add(ahead) }
		strict := func(_ int, r *http.Request, pass func() (*http.Response, error)) (*http.Response, error) {
			signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
			if err != nil {
				return nil, err
			}
			answer, err := pass()
			if age := theirs().Sub(signed).Abs(); age > 5*time.Minute {
				answer, err = refuse(r, 400, "InvalidSignatureException", "Signature expired", "")
			}
			if err == nil {
				answer.Header.Set("Date", theirs().UTC().Format(http.TimeFormat))
			}
			return answer, err
		}
		m.from(strict)
		if _, err := tb.Get(t.Context(), key("a")); !errors.Is(err, table.ErrNotFound) || m.operations() != "GetItem GetItem" {
			t.Errorf("%s ahead, the first Get: got %v after %s, want ErrNotFound after two requests", ahead, err, m.operations())
		}
		m.from(strict)
		if err := tb.Write(t.Context(), table.Create(key("a"), nil)); err != nil || m.operations() != "PutItem" {
			t.Errorf("%s ahead, the next call: got %v after %s, want none after one request", ahead, err, m.operations())
		}
	}
}

// TestMissingPermission is AWS's own wording of a refusal.
func TestMissingPermission(t *testing.T) {
	t.Parallel()
	tb, m := meddled(t, quick)
	const arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/slipway"
	m.from(func(_ int, r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if operation == "TransactWriteItems" {
			operation = "ConditionCheckItem" // a transaction needs the permissions of its parts
		}
		return refuse(r, 400, "AccessDeniedException", "User: arn:aws:sts::123456789012:assumed-role/web/web is not authorized to perform: dynamodb:"+operation+
			" on resource: "+arn+" because no identity-based policy allows the dynamodb:"+operation+" action", "")
	})
	_, getting := tb.Get(t.Context(), key("a"))
	_, querying := tb.Query(t.Context(), table.Range{Partition: "p"})
	for action, err := range map[string]error{
		"GetItem": getting, "Query": querying,
		"PutItem":            tb.Write(t.Context(), table.Create(key("a"), nil)),
		"ConditionCheckItem": tb.Write(t.Context(), table.DemandAbsent(key("a")), table.Put(key("b"), nil)),
	} {
		refusal, ok := errors.AsType[*pipelines.Error](err)
		want := fmt.Sprintf(`{"Effect": "Allow", "Action": "dynamodb:%s", "Resource": "%s"}`, action, arn)
		if !ok || refusal.Code != pipelines.Unavailable || !strings.Contains(refusal.Message, want) {
			t.Errorf("got %v, want unavailable with the statement %s", err, want)
		}
	}
	if got := len(strings.Fields(m.operations())); got != 4 {
		t.Errorf("%d requests, want 4: asking again is no use: %s", got, m.operations())
	}
}

// TestWrongTable is a name that nobody made.
func TestWrongTable(t *testing.T) {
	t.Parallel()
	tb, _ := meddled(t, quick)
	tb.name = "nowhere"
	err := tb.Write(t.Context(), table.Create(key("a"), nil))
	if err == nil || errors.Is(err, table.ErrNotFound) || errors.Is(err, table.ErrConflict) || !strings.Contains(err.Error(), "the table nowhere") {
		t.Errorf("Write: got %v, want an error that names the table", err)
	}
}
