package credentials

import (
	"encoding/base64"
	"fmt"
	"io"
)

// NewWebhook makes the token of a feed's webhook and the hash to store for it.
// The token is shown once.
func NewWebhook(rand io.Reader) (token, hash string, err error) {
	var random [32]byte
	if _, err := io.ReadFull(rand, random[:]); err != nil {
		return "", "", fmt.Errorf("webhook token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(random[:])
	return token, WebhookHash(token), nil
}

// WebhookHash is what is stored in place of a webhook's token.
func WebhookHash(token string) string { return hash("webhook", token) }
