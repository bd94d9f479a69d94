//go:build !windows

package iis

import "context"

// OneAtATime is the right to change IIS: where there is no machine-wide mutex
// by Octopus's name, the lock that all attempts of this executor share.
func OneAtATime(lock func(ctx context.Context, thing string) (leave func(), err error)) func(context.Context) (func(), error) {
	return func(ctx context.Context) (func(), error) { return lock(ctx, "iis") }
}

// holdSession is for Windows: here the lock within this executor is all there is.
func holdSession(context.Context) (leave func(), err error) { return func() {}, nil }
