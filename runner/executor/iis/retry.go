package iis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// mostPause bounds the pause that somebody may ask for.
const mostPause = time.Minute

// Retry tries something again after a pause, because other programs change
// IIS's one configuration file, too. The last error is the answer.
func (h *Host) Retry(ctx context.Context, what string, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		if err == nil || n > h.Retries || notFound(err) || isNotOurTurn(err) || context.Cause(ctx) != nil {
			return err
		}
		pause := h.pause()
		h.warn("IIS: %s: %v; trying again in %s (%d of %d)", what, err, pause.Round(time.Millisecond), n, h.Retries)
		if h.sleep(ctx, pause) != nil {
			return err
		}
	}
}

// pause is by chance, so that two who were in each other's way do not meet again.
func (h *Host) pause() time.Duration {
	if h.RetryPause > 0 {
		return min(h.RetryPause, mostPause)
	}
	return time.Second + rand.N(2*time.Second)
}

func (h *Host) sleep(ctx context.Context, d time.Duration) error {
	if h.Sleep != nil {
		return h.Sleep(ctx, d)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("waiting for IIS: %w", context.Cause(ctx))
	case <-time.After(d):
		return nil
	}
}
