package signin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"slipway/pipelines"
)

// TestAThousandNamesFromOneOffice: somebody behind the office's one address tries a
// thousand names. Who has signed in there before notices nothing, and everybody else
// waits for seconds, however many come one after another.
func TestAThousandNamesFromOneOffice(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	const office = "203.0.113.9:1"
	browser := func(name string, cookies ...*http.Cookie) ([]*http.Cookie, error) {
		w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/signin", nil)
		r.RemoteAddr = office
		for _, c := range cookies {
			r.AddCookie(c)
		}
		_, err := d.Begin(w, r, name, password)
		return w.Result().Cookies(), err
	}
	for _, name := range []string{"ada", "bob", "cleo", "dora"} {
		d.user(pipelines.User{Username: name})
	}
	adas, err := browser("ada")
	must(t, err)
	for i := range 1000 {
		if _, err := d.begin(fmt.Sprintf("somebody%d", i), "wrong", office); err == nil {
			t.Fatal("a wrong password opened something")
		}
	}
	if _, err := browser("ada", adas...); err != nil {
		t.Errorf("ada, in the browser she has used before: %v", err)
	}
	d.now = d.now.Add(3 * time.Second)
	for _, name := range []string{"bob", "cleo", "dora"} {
		if _, err := browser(name); err != nil {
			t.Errorf("%s, who is new here, three seconds later: %v", name, err)
		}
	}
}
