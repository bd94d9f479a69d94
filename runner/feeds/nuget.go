package feeds

import (
	"net/url"
	"strings"

	"slipway/pipelines"
)

// openNuGet takes a feed for v3 only where its address says so: of a v2 address
// no service index is asked, since many servers answer one that leads elsewhere.
func openNuGet(f pipelines.Feed, password string, l limits) (Source, error) {
	c, err := newClient(f, password, l)
	if err != nil {
		return nil, err
	}
	if isV3(c.base) {
		return nugetV3{c}, nil
	}
	return nugetV2{c}, nil
}

func isV3(base *url.URL) bool {
	return strings.HasSuffix(strings.ToLower(base.Path), "/index.json")
}
