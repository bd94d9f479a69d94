package signin_test

import (
	"net/http/httptest"
	"testing"

	"slipway/pipelines"
	"slipway/web/signin"
)

func TestCrossSite(t *testing.T) {
	t.Parallel()
	check, err := signin.CrossSite("https://deploy.example.org/slipway")
	must(t, err)
	for _, c := range []struct {
		name, method string
		headers      map[string]string
		refused      bool
	}{
		{"a program", "POST", nil, false},
		{"our form", "POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, false},
		{"our form in an old browser", "POST", map[string]string{"Origin": "http://inside:8065"}, false},
		{"our form through a proxy", "POST", map[string]string{"Origin": "https://deploy.example.org"}, false},
		{"another site's form", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.org"}, true},
		{"a sibling site's form", "POST", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "https://evil.example.org"}, true},
		{"another site's form in an old browser", "POST", map[string]string{"Origin": "https://evil.example.org"}, true},
		{"without an origin to name", "POST", map[string]string{"Origin": "null"}, true},
		{"another site's link", "GET", map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		{"another site's removal", "DELETE", map[string]string{"Sec-Fetch-Site": "cross-site"}, true},
		{"with a key", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "X-Slipway-ApiKey": "API-X"}, false},
		{"basic is sent by browsers themselves", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Authorization": "Basic YTpi"}, true},
	} {
		r := httptest.NewRequest(c.method, "http://inside:8065/signout", nil)
		for name, value := range c.headers {
			r.Header.Set(name, value)
		}
		err := check(r)
		if (err != nil) != c.refused || c.refused && pipelines.CodeOf(err) != pipelines.Forbidden {
			t.Errorf("%s: got %v, want refused: %t", c.name, err, c.refused)
		}
	}
}
