package spend

import (
	"context"
	"math"
	"strings"
	"testing"
)

func TestAMeterCountsWhatItIsTold(t *testing.T) {
	t.Parallel()
	var none *Meter
	none.Put(Counts{TableRead: 1})
	if got := none.Take(); got != nil {
		t.Errorf("no meter holds %v", got)
	}
	Add(context.Background(), TableRead, 1) // counts nowhere
	m := &Meter{}
	elapsed := 7.0
	m.Runs(func(add func(Kind, float64)) { add(MemoryTime, elapsed); elapsed = 0 })
	ctx := With(context.Background(), m)
	Add(ctx, TableWrite, 1)
	Add(ctx, TableWrite, 2)
	first := m.Take()
	if first[TableWrite] != 3 || first[MemoryTime] != 7 {
		t.Errorf("took %v, want 3 writes and 7 GB-ms", first)
	}
	m.Put(first) // it was not kept
	Add(ctx, BlobPut, 1)
	if got := m.Take(); got[TableWrite] != 3 || got[BlobPut] != 1 || got[MemoryTime] != 7 {
		t.Errorf("took %v after putting back", got)
	}
	if sum := first.Plus(Counts{TableWrite: 1}); sum[TableWrite] != 4 || first[TableWrite] != 3 {
		t.Errorf("Plus = %v and changed %v", sum, first)
	}
}

func TestEveryKindHasAPrice(t *testing.T) {
	t.Parallel()
	all := Counts{}
	for _, kind := range []Kind{TableWrite, TableRead, BlobPut, BlobGet, Invocation, MemoryTime, TimerCall, MailSent, KeyRequest, SecretRequest, HostCommand, ParameterCall} {
		if _, known := prices[kind]; !known {
			t.Errorf("%s has no price", kind)
		}
		all[kind] = 1
	}
	if len(all) != len(prices) {
		t.Errorf("%d prices for %d kinds", len(prices), len(all))
	}
	if got := (Counts{TableWrite: 1e6, Invocation: 1e6}).Dollars(); math.Abs(got-0.825) > 1e-9 {
		t.Errorf("a million writes and calls cost %f", got)
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for dollars, want := range map[float64]string{0: "$0", 0.0000421: "$0.000042", 0.0001: "$0.0001", 1.5: "$1.50"} {
		if got := Money(dollars); got != want {
			t.Errorf("Money(%g) = %s, want %s", dollars, got, want)
		}
	}
	words := strings.Join(Counts{BlobPut: 2, TableWrite: 24, HostCommand: 3, MemoryTime: 12.34}.Each(), ", ")
	if words != "24 table write units, 2 bucket writes, 12.3 GB-ms of functions, 3 commands to hosts" {
		t.Errorf("in words: %s", words)
	}
}
