// Package web is what people and clients see: pages, our JSON API, sign-in.
//
// It decides nothing about deployments and reads no store: reads go through
// views, changes through requests and catalog, which take the principal and
// decide rights there. routes.go is the whole surface, with a permission on
// every line. GET never changes anything.
package web

import (
	"context"
	"log/slog"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/heldmail"
	"slipway/runner/hosts"
	"slipway/runner/kept"
	"slipway/runner/mailroom"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/views"
	"slipway/web/signin"
)

// Kept are the events that failed for good; see package kept.
type Kept interface {
	List(ctx context.Context) ([]kept.Event, error)
	Replay(ctx context.Context, key string) error
	Forget(ctx context.Context, key string) error
}

// Settings are what the web half of a server is made of.
type Settings struct {
	Requests *requests.Requests
	Catalog  *catalog.Catalog
	Views    *views.Views
	SignIn   *signin.SignIn
	// CheckTarget contacts a target; nil where this process may not.
	CheckTarget func(context.Context, pipelines.Target) (hosts.Facts, error)
	// Instructions is the text of a sign-off with what is known by now; nil shows
	// it as it was when the deployment was planned.
	Instructions func(ctx context.Context, at records.Loaded, step int) (string, error)
	// HeldMail is the box of kept mails; nil where mails are really sent.
	HeldMail *heldmail.Box
	// MailRoom is how mails leave; nil where nobody may look at that or change it.
	MailRoom *mailroom.Room
	// DataIn is where the data lies, for administrators: a folder, a table and bucket.
	DataIn string
	// Kept are events that failed for good; nil where nobody keeps any.
	Kept Kept

	BaseURL string // where people reach us, like https://deploy.example.org/slipway; no slash at the end
	// OwnNames are what this machine is called, beside the host of BaseURL; nil: any
	// name is answered, since something before us goes by names.
	OwnNames []string
	Version  string
	Now      func() time.Time
	Log      *slog.Logger

	TempDir    string // where uploads wait until they are whole; "": the system's
	MaxPackage int64  // bytes of one package; 0: 2 GiB
}
