package signin

import (
	"net/http"
	"net/url"

	"slipway/pipelines"
)

// CrossSite says why a request may be the work of another site in somebody's
// browser, or nil. ours is the address people reach us by: behind a proxy the
// Host header may be another.
//
// A request with a key header is exempt: a browser adds cookies by itself, but
// no page can make it add such a header to a request for us.
func CrossSite(ours string) (func(r *http.Request) error, error) {
	protection := http.NewCrossOriginProtection()
	if base, err := url.Parse(ours); err == nil && base.Host != "" {
		if err := protection.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
			return nil, err
		}
	}
	return func(r *http.Request) error {
		if HasKeyHeader(r) || protection.Check(r) == nil {
			return nil
		}
		return pipelines.Refuse(pipelines.Forbidden, "this request was started by another site and was refused: open the page here and do it again")
	}, nil
}
