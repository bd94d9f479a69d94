package views_test

import (
	"strings"
	"testing"
	"time"

	"slipway/runner/env"
	"slipway/runner/records"
)

// TestWrongArrivalsTellOfProjectsThatOneSees.
func TestWrongArrivalsTellOfProjectsThatOneSees(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.Env = env.Env{Now: time.Now}
	for i, a := range []records.Arrival{
		{Key: "packages/both.zip", Problems: []string{"Quotes makes none", "Other makes none"}, Projects: []string{"Quotes", "Other"}},
		{Key: "packages/other.zip", Problems: []string{"Other makes none"}, Projects: []string{"Other"}},
		{Key: "packages/old.zip", Problems: []string{"Other makes none"}},
		{Key: "packages/refused.zip", Outcome: records.Refused, Why: "no package"},
	} {
		a.At = time.Now().Add(-time.Duration(i) * time.Minute)
		must(t, k.Records.Write(t.Context(), records.KeepArrival(a, a.Key, 0)...))
	}
	for _, c := range []struct {
		projects []string
		want     string
	}{
		{nil, "both:Quotes makes none,Other makes none other:Other makes none old:Other makes none refused:"},
		{[]string{"Quotes"}, "both:Quotes makes none refused:"},
		{[]string{"Other"}, "both:Other makes none other:Other makes none refused:"},
	} {
		all, err := k.WrongArrivals(t.Context(), who("Project viewer", c.projects, nil))
		must(t, err)
		var got []string
		for _, a := range all {
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(a.Key, "packages/"), ".zip")+":"+strings.Join(a.Problems, ","))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("who sees %v is told %q, want %q", c.projects, got, c.want)
		}
	}
}
