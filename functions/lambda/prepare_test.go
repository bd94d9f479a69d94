package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"slipway/pipelines"
)

func TestPrepare(t *testing.T) {
	t.Parallel()
	fine := func(context.Context, Preparation) error { return nil }
	for _, c := range []struct {
		name, event string
		prepare     func(context.Context, Preparation) error
		want        string
	}{
		{"create", `"RequestType":"Create"`, fine, `{"Status":"SUCCESS","PhysicalResourceId":"slipway","StackId":"arn:stack","RequestId":"r-1","LogicalResourceId":"Ready"}`},
		{"update keeps the id", `"RequestType":"Update","PhysicalResourceId":"former"`, fine, `{"Status":"SUCCESS","PhysicalResourceId":"former","StackId":"arn:stack","RequestId":"r-1","LogicalResourceId":"Ready"}`},
		{"refused", `"RequestType":"Create"`, func(context.Context, Preparation) error {
			return pipelines.Refuse(pipelines.Invalid, "no address to mail from")
		}, `{"Status":"FAILED","Reason":"no address to mail from","PhysicalResourceId":"slipway","StackId":"arn:stack","RequestId":"r-1","LogicalResourceId":"Ready"}`},
		{"panic", `"RequestType":"Create"`, func(context.Context, Preparation) error { panic("boom") }, `{"Status":"FAILED","Reason":"panic: boom",`},
		{"no door", `"RequestType":"Create"`, nil, `{"Status":"FAILED","Reason":"this function takes no orders to prepare`},
		{"unknown order", `"RequestType":"Rename"`, fine, `{"Status":"FAILED","Reason":"CloudFormation asks for \"Rename\"`},
		{"delete", `"RequestType":"Delete","PhysicalResourceId":"slipway"`, func(context.Context, Preparation) error { return errors.New("never called") }, `{"Status":"SUCCESS",`},
		{"long reason", `"RequestType":"Create"`, func(context.Context, Preparation) error { return errors.New(strings.Repeat("ü", 5000)) }, `{"Status":"FAILED","Reason":"üü`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got, kind string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				got, kind = r.Method+" "+string(b), r.Header.Get("Content-Type")
			}))
			defer server.Close()
			h := NewHandler(Doors{Prepare: c.prepare}, Settings{})
			event := fmt.Sprintf(`{%s,"ResponseURL":"%s/answer?signature=x","StackId":"arn:stack","RequestId":"r-1","LogicalResourceId":"Ready","ResourceType":"Custom::Slipway","ResourceProperties":{"ServiceToken":"arn","Version":"1.2.3","List":["a"]}}`, c.event, server.URL)
			if _, err := h.Invoke(t.Context(), []byte(event)); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got, "PUT "+c.want) || kind != "" || len(got) > 4096 {
				t.Errorf("CloudFormation got %d bytes, type %q: %.300s\nwant %s, no type", len(got), kind, got, c.want)
			}
		})
	}
}

func TestPrepareTellsWhatIsAsked(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	var got Preparation
	h := NewHandler(Doors{Prepare: func(_ context.Context, p Preparation) error { got = p; return nil }}, Settings{})
	event := `{"RequestType":"Update","ResponseURL":"` + server.URL + `","StackId":"arn:stack","ResourceProperties":{"Version":"1.2.3","List":["a"]}}`
	if _, err := h.Invoke(t.Context(), []byte(event)); err != nil {
		t.Fatal(err)
	}
	if want := (Preparation{Update: true, Stack: "arn:stack", Properties: map[string]string{"Version": "1.2.3"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("Prepare got %+v, want %+v", got, want)
	}
}

// An answer that does not arrive is sent again, and then an error that does not show the signed address.
func TestPrepareUndelivered(t *testing.T) {
	t.Parallel()
	tries := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		tries++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	h := NewHandler(Doors{Prepare: func(context.Context, Preparation) error { return nil }}, Settings{})
	event := []byte(`{"RequestType":"Create","ResponseURL":"` + server.URL + `/?signature=geheim"}`)
	_, err := h.Invoke(t.Context(), event)
	if err == nil || !strings.Contains(err.Error(), "503") || tries != 3 {
		t.Errorf("after %d tries: %v, want an error with 503 after 3", tries, err)
	}
	server.Close()
	if _, err = h.Invoke(t.Context(), event); err == nil || strings.Contains(fmt.Sprint(err), "geheim") {
		t.Errorf("nobody there: %v, want an error without the address", err)
	}
}
