package versions

import "testing"

// The list is in order; every pair of it is compared.
func TestComparePackages(t *testing.T) {
	t.Parallel()
	checkOrder(t, Parse,
		"0.9",
		"1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-99999999999999999999", "1.0.0-100000000000000000000",
		"1.0.0--", "1.0.0-Alpha", "1.0.0-alpha.1", "1.0.0-alpha.1.0", "1.0.0-alpha.b", "1.0.0-BETA", "1.0.0-rc-1",
		"1.0.0", "1.0.0+A", "1.0.0+b",
		"1.0.0.1-x", "1.0.0.1", "1.0.2", "1.0.10", "1.1", "2", "10",
	)
}

func TestCompareReleases(t *testing.T) {
	t.Parallel()
	checkOrder(t, ParseRelease,
		"latest", "stable", "0.0.1",
		"1.0.0-1", "1.0.0_2", `1.0.0\10`, "1.0.0-beta_2", "1.0.0-beta.10", "1.0.0-beta-10-1",
		"1.0.0", "1.0.1",
	)
}

func checkOrder(t *testing.T, parse func(string) (Version, error), texts ...string) {
	t.Helper()
	for i, a := range texts {
		for j, b := range texts {
			want := sign(i - j)
			if got := Compare(must(t, parse, a), must(t, parse, b)); got != want {
				t.Errorf("Compare(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestEqualVersions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		parse func(string) (Version, error)
		a, b  string
	}{
		{Parse, "1", "1.0.0.0"},
		{Parse, "v1.0.01", "1.0.1"},
		{Parse, "1.0-Alpha.01", "1.0-alpha.1"},
		{Parse, "1.0+Sha", "1.0+sHA"},
		{ParseRelease, "1.0+a", "1.0+b"},
		{ParseRelease, "1.0-a_1", `1.0.A\1`},
		{ParseRelease, "1.0-", "1"},
	} {
		a, b := must(t, c.parse, c.a), must(t, c.parse, c.b)
		if Compare(a, b) != 0 || Compare(b, a) != 0 {
			t.Errorf("Compare(%s, %s) = %d and %d, want them equal", a, b, Compare(a, b), Compare(b, a))
		}
		if a.String() != c.a || b.String() != c.b {
			t.Errorf("equal versions print as %s and %s, want %s and %s", a, b, c.a, c.b)
		}
	}
}

// A package chosen for a release: the release's order holds.
func TestCompareAcrossGrammars(t *testing.T) {
	t.Parallel()
	a, b := must(t, Parse, "1.0+a"), must(t, ParseRelease, "1.0")
	if Compare(a, b) != 0 || Compare(b, a) != 0 {
		t.Errorf("Compare(package %s, release %s) = %d, want 0", a, b, Compare(a, b))
	}
}

func TestLatest(t *testing.T) {
	t.Parallel()
	if v, ok := Latest(nil); ok || v != (Version{}) {
		t.Errorf("Latest(nil) = %v, %t, want none", v, ok)
	}
	var all []Version
	for _, s := range []string{"1.0.9", "1.0.10-rc", "1.0.10", "1.0.010", "0.9"} {
		all = append(all, must(t, Parse, s))
	}
	if v, ok := Latest(all); !ok || v.String() != "1.0.10" {
		t.Errorf("Latest = %v, %t, want 1.0.10, the first of the equal ones", v, ok)
	}
}

func TestIsPrerelease(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"1.0": false, "1.0+x": false, "1.0.1": false, "1.0-rc": true, "stable": true} {
		if got := must(t, ParseRelease, text).IsPrerelease(); got != want {
			t.Errorf("IsPrerelease of %s = %t, want %t", text, got, want)
		}
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ last, want string }{
		{"", "0.0.1"},
		{"1.0.7", "1.0.8"},
		{"1.0", "1.0.1"},
		{"1.0.09", "1.0.10"},
		{"1.0.7-beta+x", "1.0.8"},
		{"2026.11.22.3", "2026.11.23"},
		{"stable", "0.0.1"},
		{"1.0.2147483647", "1.1.0"},
		{"1.2147483647.2147483647", "2.0.0"},
		{"2147483647.2147483647.2147483647", "2147483647.2147483647.2147483647"},
	} {
		var last Version
		if c.last != "" {
			last = must(t, ParseRelease, c.last)
		}
		if got := Next(last); got != c.want {
			t.Errorf("Next(%q) = %s, want %s", c.last, got, c.want)
		}
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("1.0-a.1", "1.0-a_2", "1.0")
	f.Add("1.0-", "1.0-.", "1.0-a")
	f.Fuzz(func(t *testing.T, x, y, z string) {
		for call, parse := range map[string]func(string) (Version, error){"Parse": Parse, "ParseRelease": ParseRelease} {
			a, err1 := parse(x)
			b, err2 := parse(y)
			c, err3 := parse(z)
			if err1 != nil || err2 != nil || err3 != nil {
				continue
			}
			if Compare(a, b) != -Compare(b, a) {
				t.Errorf("%s: %s and %s: %d one way, %d the other", call, a, b, Compare(a, b), Compare(b, a))
			}
			if Compare(a, b) <= 0 && Compare(b, c) <= 0 && Compare(a, c) > 0 {
				t.Errorf("%s: %s ≤ %s ≤ %s, but the first is after the last", call, a, b, c)
			}
		}
	})
}

func must(t *testing.T, parse func(string) (Version, error), text string) Version {
	t.Helper()
	v, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
