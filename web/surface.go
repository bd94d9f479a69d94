package web

import (
	"slipway/runner/heldmail"
	"slipway/runner/mailroom"
	"slipway/runner/requests"
	"slipway/web/route"
)

// Surface are the routes of a server that has every part, in the order in which
// they are written down: for whoever looks at all of them from outside. They
// cannot be served.
func Surface() []route.Route {
	s := &site{Settings: Settings{Requests: &requests.Requests{}, HeldMail: &heldmail.Box{}, Kept: struct{ Kept }{}, MailRoom: &mailroom.Room{}}}
	return s.routes()
}
