package signed

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"slipway/pipelines/task"
)

// Expires is when the form's policy says that it ends, by the server's clock;
// the zero time if it does not say.
func Expires(form task.Form) time.Time {
	for _, field := range []string{"policy", "Policy"} {
		text, err := base64.StdEncoding.DecodeString(form.Fields[field])
		if err != nil || len(text) == 0 {
			continue
		}
		var policy struct{ Expiration time.Time }
		if json.Unmarshal(text, &policy) == nil {
			return policy.Expiration
		}
	}
	return time.Time{}
}
