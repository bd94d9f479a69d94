package rest

// NewWebhook answers PUT /v1/feeds/{feed}/webhook. The token is shown this once.
type NewWebhook struct {
	Feed  string `json:"feed"`
	URL   string `json:"url"` // where the feed sends its messages
	Token string `json:"token"`
}

// Announced answers POST /v1/feeds/{feed}/webhook: what became of the news.
type Announced struct {
	Package string `json:"package,omitempty"`
	Version string `json:"version,omitempty"`
	// Outcome is "fetched", "known" (it was fetched before), "nobody waits" (no
	// project has a trigger for it) or "no package" (the file is none).
	Outcome     string   `json:"outcome"`
	Releases    []string `json:"releases,omitempty"`    // numbers of those made now
	Deployments []string `json:"deployments,omitempty"` // ids of those that began now
	Problems    []string `json:"problems,omitempty"`    // waiting projects that made no release, and why
	NotSent     []string `json:"notSent,omitempty"`     // where a rule would have deployed one, and why it did not
}
