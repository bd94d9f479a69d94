package rest

import "slipway/pipelines"

// BuildInformation answers PUT /v1/packages/{id}/{version}/build-information,
// whose body is a pipelines.BuildInformation without package and version; GET
// answers with that alone.
type BuildInformation struct {
	pipelines.BuildInformation
	Existed bool `json:"existed"` // the same was here already
}
