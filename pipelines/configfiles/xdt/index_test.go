package xdt_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"slipway/pipelines/configfiles/xmltree"
)

// TestTogetherIsOneAfterTheOther: a file with many transforms does what as
// many files with one each do. Only in the first are indexes made.
func TestTogetherIsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	for seed := range int64(100) {
		r := rand.New(rand.NewSource(seed))
		source := "<a>"
		for range 8 {
			source += fmt.Sprintf(`<b k="%d" v="0"/>`, r.Intn(5))
		}
		source += "<c/></a>"
		var all strings.Builder
		apart := source
		for i := range 25 {
			one := randomTransform(r, i)
			all.WriteString(one)
			apart, _ = apply(t, apart, "<a"+marked+">"+one+"</a>")
		}
		together, _ := apply(t, source, "<a"+marked+">"+all.String()+"</a>")
		if got, want := elements(t, together), elements(t, apart); got != want {
			t.Fatalf("seed %d, %s:\ntogether %s\napart    %s", seed, all.String(), got, want)
		}
	}
}

func randomTransform(r *rand.Rand, i int) string {
	k := r.Intn(6)
	switch r.Intn(9) {
	case 0:
		return fmt.Sprintf(`<b k="%d" v="r%d" xdt:Transform="Replace" xdt:Locator="Match(k)"/>`, k, i)
	case 1:
		return fmt.Sprintf(`<b k="%d" v="i%d" xdt:Transform="Insert"/>`, k, i)
	case 2:
		return fmt.Sprintf(`<b k="%d" xdt:Transform="Remove" xdt:Locator="Match(k)"/>`, k)
	case 3:
		return fmt.Sprintf(`<b k="%d" v="n%d" xdt:Transform="InsertIfMissing" xdt:Locator="Match(k)"/>`, k, i)
	case 4:
		return fmt.Sprintf(`<b k="%d" xdt:Transform="SetAttributes(k)" xdt:Locator="Condition(@k='%d')"/>`, k, r.Intn(6))
	case 5:
		return fmt.Sprintf(`<b k="%d" v="b%d" xdt:Transform="InsertBefore(b[2])"/>`, k, i)
	case 6:
		return fmt.Sprintf(`<b k="%d" xdt:Transform="RemoveAttributes(k)" xdt:Locator="Match(k)"/>`, k)
	case 7:
		return fmt.Sprintf(`<b k="%d" v="x%d" xdt:Transform="Replace" xdt:Locator="Condition(@k='%d')"/>`, k, i, r.Intn(6))
	}
	return fmt.Sprintf(`<b k="%d" v="s%d" xdt:Transform="SetAttributes(v)" xdt:Locator="Match(k)"/>`, k, i)
}

// elements is what a document says, without its white space.
func elements(t *testing.T, content string) string {
	t.Helper()
	d, err := xmltree.Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := d.Root(); n != nil; n = n.Following(d.Root()) {
		if n.Kind() != xmltree.Element {
			continue
		}
		b.WriteString(n.Name())
		for _, a := range n.Attributes() {
			b.WriteString(" " + a.Name() + "=" + a.Value())
		}
		b.WriteString(";")
	}
	return b.String()
}
