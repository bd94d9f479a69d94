package cli

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/web/rest"
)

// storeError is how S3 and what speaks its language says no.
type storeError struct {
	Code    string `xml:"Code"`
	Message string `xml:"Message"`
}

// storeRefusal is the error that the store's answer to an upload stands for, nil
// if the bytes are there.
func storeRefusal(answer *http.Response, d delivery, send rest.Send) error {
	if answer.StatusCode/100 == 2 || answer.StatusCode == http.StatusPreconditionFailed {
		return nil
	}
	var said storeError
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	_ = xml.Unmarshal(text, &said) // a proxy in between answers something else
	host := answer.Request.URL.Host
	refuse := func(code pipelines.Code, format string, args ...any) error {
		return pipelines.Refuse(code, "the store at "+strings.ReplaceAll(host, "%", "%%")+" refuses the upload of %s: "+format+"; nothing is registered yet", append([]any{d.name}, args...)...)
	}
	switch {
	case said.Code == "RequestTimeTooSkewed" || strings.Contains(said.Message, "not yet valid") || strings.Contains(said.Message, "not valid yet"):
		return refuse(pipelines.Forbidden, "the server's clock differs too much from the store's: set the server's clock, then push again")
	case strings.Contains(strings.ToLower(said.Message), "expired") || said.Code == "ExpiredToken":
		return refuse(pipelines.Forbidden, "its leave ended at %s: push again; if that ends at once, the server's clock is wrong", send.Until.UTC().Format(time.RFC3339))
	case mismatches[said.Code]:
		return refuse(pipelines.Conflict, "other bytes came in than those with the SHA-256 %s…: the file changed while it was sent, or was damaged on the way; push it again", d.sha256[:12])
	case said.Code == "EntityTooLarge" || answer.StatusCode == http.StatusRequestEntityTooLarge:
		return refuse(pipelines.Invalid, "%d bytes are more than it takes in one request", d.size)
	case answer.StatusCode == http.StatusConflict || answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		return refuse(pipelines.Unavailable, "it is busy (%s %s): push again", answer.Status, said.Code)
	}
	return refuse(pipelines.Forbidden, "%s %s", answer.Status, oneLine(said.Code+" "+said.Message))
}

// mismatches are the words for a body that is not the one that was signed.
var mismatches = map[string]bool{
	"BadDigest": true, "XAmzContentSHA256Mismatch": true, "XAmzContentChecksumMismatch": true,
	"InvalidDigest": true, "IncompleteBody": true,
}
