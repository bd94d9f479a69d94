package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"slipway/functions/setup"
	"slipway/pipelines"
	"slipway/web/credentials"
	"slipway/web/pages"
)

// setUpLink is the one-time address where the first administrator is made, ""
// once there is one. It stays the same until then, so that what `init` printed
// is still right after any number of starts; whoever can read its file could
// read the whole data folder.
func setUpLink(ctx context.Context, server *setup.Server, data string) (string, error) {
	file := filepath.Join(data, "setup-token")
	token, err := setUpToken(server, file)
	if err != nil {
		return "", err
	}
	err = server.Catalog.OfferSetup(ctx, credentials.SessionHash(token))
	if pipelines.CodeOf(err) == pipelines.Conflict { // there is one
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		return "", nil
	}
	return server.BaseURL + pages.SetUpPath(token), err
}

func setUpToken(server *setup.Server, file string) (string, error) {
	b, err := os.ReadFile(file)
	if err == nil && len(b) > 0 {
		return string(b), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	token, _, err := credentials.NewSession(server.Env.Random)
	if err != nil {
		return "", err
	}
	return token, replaceFile(file, []byte(token))
}
