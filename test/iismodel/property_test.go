package iismodel

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"slipway/pipelines/iisconf"
)

// counts are what the property tests have gone through.
var counts struct {
	states, refused, failed, changed, actions, calls, faults, undone, retried, deaths, lasting, regretted atomic.Int64
}

var from = flag.Uint64("from", 0, "the first seed of the property test")

const shards = 8

// states are a quarter of those of `make soak`.
func states() int {
	if os.Getenv("SLIPWAY_SOAK") != "" {
		return 10080
	}
	return 2520
}

// TestFromAnyState: from any state the executor makes what is wanted, touches
// nothing else, never binds port 80 on the way and switches last; a second run
// changes nothing; from a failure at any call the former state is back.
func TestFromAnyState(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() {
		c := &counts
		fmt.Printf("iis property test: %d states, %d refused before any change, %d failed by IIS itself and undone, %d changed with %d actions in %d calls; %d failures injected, %d undone, %d overcome by retries; %d deaths of the executor, %d hosts that stayed broken, %d late failures of the deployment\n",
			c.states.Load(), c.refused.Load(), c.failed.Load(), c.changed.Load(), c.actions.Load(), c.calls.Load(), c.faults.Load(), c.undone.Load(), c.retried.Load(), c.deaths.Load(), c.lasting.Load(), c.regretted.Load())
	})
	for shard := range shards {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			folder := fast(t)
			for i := range states() / shards {
				seed := *from + uint64(shard*states()+i)
				if !anyState(t, seed, folder) {
					t.Fatalf("seed %d", seed)
				}
			}
		})
	}
}

func anyState(t *testing.T, seed uint64, folder string) bool {
	r := rand.New(rand.NewPCG(seed, 6))
	o := randomCase(r, folder)
	counts.states.Add(1)
	calls := straight(t, o.again())
	if calls == 0 {
		return !t.Failed()
	}
	// What goes wrong takes longer, so each state has a share of it.
	switch seed % 8 {
	case 0:
		busy(t, o.again(), r)
	case 1, 2:
		dying(t, o.again(), r, calls)
	case 3:
		lasting(t, o.again(), r, calls)
	case 4:
		regretted(t, o.again())
	default:
		failing(t, o.again(), r, calls)
	}
	return !t.Failed()
}

// complain fails a case with all that one needs to see it again.
func complain(t *testing.T, o one, before config, what string, details []string) {
	t.Helper()
	start := Empty()
	start.config = before
	var calls strings.Builder
	for _, c := range o.m.calls {
		if c.Write > 0 || c.Exit != 0 || c.Fault != "" {
			fmt.Fprintf(&calls, "%3d %s %q -> %d %s\n", c.Number, c.Program, c.Args, c.Exit, c.Fault)
		}
	}
	t.Errorf("%s\n%s\nwanted:\n%s\nfrom:\n%s\ncalls:\n%s", what, strings.Join(details, "\n"), describe(o.wanted), about(before, o.wanted), calls.String())
}

// about are the parts that a wish is about.
func about(c config, w iisconf.Wanted) string {
	ours := meant(c, w)
	var b strings.Builder
	for _, p := range view(c) {
		if ours(p.what) || strings.HasPrefix(p.what, "certificate") {
			fmt.Fprintf(&b, "%s: %s\n", p.what, p.text)
		}
	}
	return b.String()
}

// straight is a run without faults; it returns how many calls it took, 0 where
// nothing was changed.
func straight(t *testing.T, o one) int {
	before := o.m.config.clone()
	h := hostOf(o.m, o.journal(), 0)
	err := h.Apply(context.Background(), o.wanted)
	calls, writes := len(o.m.calls), writesOf(o.m)
	switch {
	case err != nil && writes == 0:
		counts.refused.Add(1)
		if d := differences(before, o.m.config, nothing); len(d) > 0 {
			complain(t, o, before, "refused, and changed: "+err.Error(), d)
		}
		return 0
	case err != nil:
		counts.failed.Add(1)
		if d := differences(before, o.m.config, nothing); len(d) > 0 {
			complain(t, o, before, "failed and not undone: "+err.Error(), d)
		}
		refusedByModel(t, o, before)
		return 0
	}
	if d := missing(before, o.m.config, o.wanted); len(d) > 0 {
		complain(t, o, before, "done, and lacks", d)
	}
	if d := differences(before, o.m.config, meant(before, o.wanted)); len(d) > 0 {
		complain(t, o, before, "done, and changed what is none of its business", d)
	}
	if d := onTheWay(before, o.m.calls, o.wanted); len(d) > 0 {
		complain(t, o, before, "on the way", d)
	}
	if err := h.Finish(); err != nil {
		complain(t, o, before, "finish: "+err.Error(), nil)
	}
	if h.Interrupted() {
		complain(t, o, before, "a journal is left", nil)
	}
	if writes == 0 {
		return 0
	}
	counts.changed.Add(1)
	counts.actions.Add(int64(writes))
	counts.calls.Add(int64(calls))
	if writes%4 != 0 {
		return calls // a share of the states is enough for the second run
	}
	again := hostOf(o.m, o.journal(), 0)
	if err := again.Apply(context.Background(), o.wanted); err != nil || writesOf(o.m) != writes {
		complain(t, o, before, fmt.Sprintf("a second run made %d changes: %v", writesOf(o.m)-writes, err), nil)
	}
	if err := again.Finish(); err != nil {
		complain(t, o, before, "second finish: "+err.Error(), nil)
	}
	return calls
}

func refusedByModel(t *testing.T, o one, before config) {
	for _, c := range o.m.calls {
		if c.Exit == Refused {
			complain(t, o, before, fmt.Sprintf("the model refused %q", c.Args), nil)
		}
	}
}

func writesOf(m *Machine) int {
	n := 0
	for _, c := range m.calls {
		if c.Write > 0 {
			n++
		}
	}
	return n
}

var faultKinds = []string{"busy", "locked", "changed", "denied", "rpc", "unknown", "small", "before", "after", "garbage"}

// failing injects one failure at any call: then the former state is back.
func failing(t *testing.T, o one, r *rand.Rand, calls int) {
	before := o.m.config.clone()
	if err := o.m.Inject(fmt.Sprintf("call=%d:%s", 1+r.IntN(calls), pick(r, faultKinds...))); err != nil {
		t.Fatal(err)
	}
	h := hostOf(o.m, o.journal(), 0)
	err := h.Apply(context.Background(), o.wanted)
	counts.faults.Add(1)
	refusedByModel(t, o, before)
	if err == nil {
		// The failure met something that did not matter.
		if d := missing(before, o.m.config, o.wanted); len(d) > 0 {
			complain(t, o, before, "said to be done, and lacks", d)
		}
		if err := h.Finish(); err != nil {
			complain(t, o, before, "finish: "+err.Error(), nil)
		}
		return
	}
	counts.undone.Add(1)
	if d := differences(before, o.m.config, nothing); len(d) > 0 {
		complain(t, o, before, "failed and not undone: "+err.Error(), d)
	}
	if h.Interrupted() {
		complain(t, o, before, "undone, and a journal is left: "+err.Error(), nil)
	}
}

// busy lets changes fail a few times: fewer than there are retries.
func busy(t *testing.T, o one, r *rand.Rand) {
	before := o.m.config.clone()
	const retries = 3
	for _, verb := range []string{"set", "add", "delete"} {
		if err := o.m.Inject(fmt.Sprintf("program=appcmd+verb=%s:%s=%d", verb, pick(r, "busy", "changed", "locked"), 1+r.IntN(retries))); err != nil {
			t.Fatal(err)
		}
	}
	h := hostOf(o.m, o.journal(), retries)
	err := h.Apply(context.Background(), o.wanted)
	if err != nil {
		complain(t, o, before, "retries did not help: "+err.Error(), nil)
		return
	}
	counts.retried.Add(1)
	if d := missing(before, o.m.config, o.wanted); len(d) > 0 {
		complain(t, o, before, "with retries, lacks", d)
	}
	if err := h.Finish(); err != nil {
		complain(t, o, before, "finish: "+err.Error(), nil)
	}
}

// lasting is a host on which nothing works any more from some call on: the way
// back fails as well, says so and is kept until the host works again.
func lasting(t *testing.T, o one, r *rand.Rand, calls int) {
	before := o.m.config.clone()
	if err := o.m.Inject(fmt.Sprintf("from=%d:%s=*", 1+r.IntN(calls), pick(r, "busy", "rpc", "denied", "before"))); err != nil {
		t.Fatal(err)
	}
	h := hostOf(o.m, o.journal(), 1)
	err := h.Apply(context.Background(), o.wanted)
	if err == nil {
		complain(t, o, before, "nothing works, and it was said to be done", nil)
		return
	}
	counts.lasting.Add(1)
	if d := differences(before, o.m.config, nothing); len(d) > 0 && !h.Interrupted() {
		complain(t, o, before, "not as before, and no journal says so: "+err.Error(), d)
	}
	if strings.Contains(err.Error(), "IIS is as it was before") && h.Interrupted() {
		complain(t, o, before, "says all is well, and keeps a journal: "+err.Error(), nil)
	}
	o.m.faults = nil
	if err := h.Restore(context.Background()); err != nil {
		complain(t, o, before, "restore: "+err.Error(), nil)
	}
	if d := differences(before, o.m.config, nothing); len(d) > 0 {
		complain(t, o, before, "the host works again, and is not as before", d)
	}
}

// regretted is a deployment that fails after IIS was changed, in a script for
// example.
func regretted(t *testing.T, o one) {
	before := o.m.config.clone()
	h := hostOf(o.m, o.journal(), 0)
	if err := h.Apply(context.Background(), o.wanted); err != nil {
		complain(t, o, before, err.Error(), nil)
		return
	}
	counts.regretted.Add(1)
	if err := h.Restore(context.Background()); err != nil {
		complain(t, o, before, "restore: "+err.Error(), nil)
	}
	if d := differences(before, o.m.config, nothing); len(d) > 0 {
		complain(t, o, before, "regretted, and not undone", d)
	}
	if h.Interrupted() {
		complain(t, o, before, "undone, and a journal is left", nil)
	}
}

// dying kills the executor in any call; whoever comes next puts all back.
func dying(t *testing.T, o one, r *rand.Rand, calls int) {
	before := o.m.config.clone()
	h := hostOf(o.m, o.journal(), 0)
	h.Commands = &programs{m: o.m, dieAt: 1 + r.IntN(calls), after: chance(r, 50)}
	if !died2(func() { _ = h.Apply(context.Background(), o.wanted) }) {
		return
	}
	counts.deaths.Add(1)
	next := hostOf(o.m, o.journal(), 0)
	if err := next.Restore(context.Background()); err != nil {
		complain(t, o, before, "restore: "+err.Error(), nil)
	}
	passwords := func(what string) bool {
		// Only the one who died knew the password of a pool.
		name, isPool := strings.CutPrefix(what, "pool ")
		if !isPool {
			return false
		}
		p := before.pool(name)
		return p != nil && p.or(poolSchema, "processModel.identityType") == "SpecificUser" && changesUser(o.wanted, name)
	}
	if d := differences(before, o.m.config, passwords); len(d) > 0 {
		complain(t, o, before, "died, and not put back", d)
	}
	if next.Interrupted() {
		complain(t, o, before, "put back, and a journal is left", nil)
	}
	os.Remove(o.journal())
}

func changesUser(w iisconf.Wanted, pool string) bool {
	return w.Site != nil && equal(w.Site.Pool.Name, pool) || w.Application != nil && equal(w.Application.Pool.Name, pool)
}

func died2(f func()) (dead bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(killed); !ok {
				panic(p)
			}
			dead = true
		}
	}()
	f()
	return false
}
