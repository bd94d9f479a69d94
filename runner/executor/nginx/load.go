package nginx

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines/task"
)

// serve makes sure that an unchanged site is really served.
func (h Host) serve(ctx context.Context, site task.Nginx) error {
	if h.silentPort(site) == "" {
		return nil
	}
	return h.load(ctx, site)
}

// load lets NGINX read its files, or starts it, and waits until it listens.
// Reloading is only a signal: NGINX goes on with its old configuration, and
// says so in its error log only, when it cannot have a port.
func (h Host) load(ctx context.Context, site task.Nginx) error {
	_, err := h.Commands.Sudo(ctx, "nginx", "-s", "reload")
	switch {
	case err == nil:
		h.note("NGINX: configuration tested and loaded")
	case notRunning(err):
		h.note("NGINX does not run, starting it")
		if err := h.startNginx(ctx); err != nil {
			return fmt.Errorf("NGINX does not start: %w", err)
		}
	default:
		return fmt.Errorf("NGINX does not load the new configuration: %w", err)
	}
	return h.awaitPorts(site)
}

func (h Host) startNginx(ctx context.Context) error {
	var err error
	if h.Systemd {
		_, err = h.Commands.Sudo(ctx, "systemctl", "start", "nginx")
	} else {
		_, err = h.Commands.Sudo(ctx, "nginx")
	}
	return err
}

// notRunning recognises NGINX's words for "there is nobody to signal".
func notRunning(err error) bool {
	text := err.Error()
	return strings.Contains(text, "invalid PID number") || strings.Contains(text, "No such process") ||
		strings.Contains(text, ".pid\" failed (2:")
}

const portPatience = 5 * time.Second

func (h Host) awaitPorts(site task.Nginx) error {
	for deadline := time.Now().Add(portPatience); ; time.Sleep(50 * time.Millisecond) {
		port := h.silentPort(site)
		if port == "" {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("NGINX has read the new configuration but does not listen on port %s after %s; its error log (usually /var/log/nginx/error.log) says why", port, portPatience)
		}
	}
}

// silentPort is a port of the site on which nobody listens, "" if there is none.
func (h Host) silentPort(site task.Nginx) string {
	for _, binding := range site.Bindings {
		if !h.Listening(binding.Port) {
			return binding.Port
		}
	}
	return ""
}
