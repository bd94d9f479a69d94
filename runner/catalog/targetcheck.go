package catalog

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/hosts"
	"slipway/runner/records"
)

// MayCheck demands what contacting a target takes: the right to change it in
// each of its environments, since the host gets our program, and its key is
// pinned.
func MayCheck(p pipelines.Principal, t pipelines.Target) error {
	for _, place := range placesOf(nil, t) {
		if err := p.Demand(pipelines.MachineEdit, place); err != nil {
			return err
		}
	}
	return nil
}

// KeepCheck keeps what a look at a target has found; problem says why it cannot
// be used, "" if it can.
func (c *Catalog) KeepCheck(ctx context.Context, p pipelines.Principal, t pipelines.Target, found hosts.Facts, problem string) error {
	if err := MayCheck(p, t); err != nil {
		return err
	}
	return c.Records.Write(ctx, records.KeepTargetCheck(records.TargetCheck{
		TargetID: t.ID, At: c.Env.Now(), By: p.Called, Problem: problem, System: found.System, Arch: found.Arch, Shell: found.Shell,
		Home: found.Home, FreeBytes: found.FreeBytes, Missing: found.Missing, NoSudo: found.NoSudo,
	}))
}
