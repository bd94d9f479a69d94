package feeds

import (
	"encoding/base64"
	"time"

	"slipway/pipelines"
)

// OpenWithin opens a feed with other limits than those of people.
func OpenWithin(f pipelines.Feed, with Access, answer, stall time.Duration) (Source, error) {
	return open(f, with, limits{answer, stall})
}

func encodeBase64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
