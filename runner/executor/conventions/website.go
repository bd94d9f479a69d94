package conventions

import (
	"context"
	"fmt"
)

// website is how a web server takes part in the stages of a deployment. The
// stages know no other difference between web servers.
type website interface {
	// ready names what the host lacks; nothing was changed yet.
	ready(ctx context.Context) error
	// readable resolves all that the web server will be told; readableAfter
	// what counts only after the post-deployment script.
	readable() error
	readableAfter() error
	// replace calls what writes over files that may be served just now.
	replace(ctx context.Context, write func(context.Context) error) error
	// prepare comes before the deployment script.
	prepare(ctx context.Context) error
	// serve switches to the new version.
	serve(ctx context.Context) error
	// confirm comes after the post-deployment script.
	confirm(ctx context.Context) error
	// finish says that all went well.
	finish(ctx context.Context) error
	// back comes instead, after a failure, and may bring back what was there.
	back(ctx context.Context) error
}

// unserved is for a package that nothing serves, and what a web server has
// nothing to say to.
type unserved struct{}

func (unserved) ready(context.Context) error   { return nil }
func (unserved) readable() error               { return nil }
func (unserved) readableAfter() error          { return nil }
func (unserved) prepare(context.Context) error { return nil }
func (unserved) serve(context.Context) error   { return nil }
func (unserved) confirm(context.Context) error { return nil }
func (unserved) finish(context.Context) error  { return nil }
func (unserved) back(context.Context) error    { return nil }

func (unserved) replace(ctx context.Context, write func(context.Context) error) error {
	return write(ctx)
}

// giveUp lets the web server go back, before anybody's own script for failures
// looks at it, and returns why.
func (d *deployment) giveUp(ctx context.Context, why error) error {
	if err := d.web.back(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("%w. Then what was served before could not be brought back: %v", why, err)
	}
	return why
}

// notReady says that it is the host that lacks something.
func notReady(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("this host is not ready: %w", err)
}
