// Package wake is the contract of the net under every deployment: "look at it again", at least once, after a commit.
// It carries no message and decides nothing: what is to be done stands in the table.
// So a lost wake-up costs the deployment, and one too many costs nothing.
package wake

import "context"

// Wake asks for a deployment to be looked at. It may be called from many goroutines at once, from inside a Look too.
//
// After a call that returned nil, Look is called for the deployment at least once, beginning after the call,
// also if the process is lost in between. Several calls may be answered by one Look. Looks at one
// deployment never run at the same time, or are safe to (an adapter says which); Looks at several do.
// Order between deployments means nothing.
//
// A Look that returns an error is called again after a pause, as long as it does.
type Wake interface {
	Wake(ctx context.Context, deployment string) error
}

// Look is what a wake-up leads to: load the deployment, apply what waits, go on with what is open.
// It may be called any number of times too many. An error means "call me again", not "the deployment failed".
type Look func(ctx context.Context, deployment string) error
