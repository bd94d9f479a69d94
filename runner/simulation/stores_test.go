package simulation

import (
	"sync"
	"testing"
	"time"

	"slipway/runner/blobs"
	"slipway/runner/blobstest"
	"slipway/runner/table"
	"slipway/runner/tabletest"
)

// clock is one that tests pass.
type clock struct {
	mu  sync.Mutex
	at  time.Time
	now func() time.Time
}

func newClock() *clock {
	c := &clock{at: startTime}
	c.now = func() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }
	return c
}

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

func TestRowsAreATable(t *testing.T) {
	t.Parallel()
	c := newClock()
	rows := newRows(c.now)
	tabletest.Run(t, func(*testing.T) table.Table { return rows }, tabletest.Clock(c.now, c.pass))
}

func TestFilesAreBlobs(t *testing.T) {
	t.Parallel()
	blobstest.Run(t, func(*testing.T) blobs.Blobs { return newFiles(time.Now) })
}
