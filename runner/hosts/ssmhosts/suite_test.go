package ssmhosts

import (
	"testing"

	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		w := newWorld(t).known()
		return hoststest.Fixture{
			Hosts: w.hosts, Target: w.target, Again: func(*testing.T) hosts.Hosts { return w.client() },
			Payload: hoststest.Appending(w.mark()), Payloads: hoststest.Appended(w.mark()),
		}
	})
}
