package octostache

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func names(v *Variables) string {
	var all []string
	for name, text := range v.All() {
		all = append(all, name+"="+text)
	}
	return strings.Join(all, " ")
}

func TestVariablesKeepOrderAndIgnoreCase(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("b", "1")
	v.Set("a", "2")
	v.Set("B", "3")
	v.SetLate("c")
	if got, want := names(v), "b=3 a=2 c="+LateText; got != want {
		t.Errorf("All = %q, want %q", got, want)
	}
	if got, ok := v.Get("A"); got != "2" || !ok {
		t.Errorf("Get(A) = %q, %v", got, ok)
	}
	if _, ok := v.Get("nope"); ok {
		t.Error("Get(nope): found")
	}
	for range v.All() {
		break // a caller may stop early
	}
}

func TestZeroVariables(t *testing.T) {
	t.Parallel()
	var v Variables
	if r, err := Evaluate("#{x}", &v, Options{}); err != nil || r.Text != "#{x}" {
		t.Errorf("Evaluate = %+v, %v", r, err)
	}
	v.Set("x", "1")
	if r, err := Evaluate("#{x}", &v, Options{}); err != nil || r.Text != "1" {
		t.Errorf("Evaluate = %+v, %v", r, err)
	}
	if r, err := Evaluate("#{x}", nil, Options{}); err != nil || r.Text != "#{x}" {
		t.Errorf("Evaluate without variables = %+v, %v", r, err)
	}
}

func TestSetAfterReading(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.SetLate("a")
	v.Set("b", "#{a}!")
	read := func() Result {
		r, err := Evaluate("#{b}", v, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := read(); r.Text != LateText+"!" || !slices.Equal(r.Late, []string{"a"}) {
		t.Errorf("late: %+v", r)
	}
	v.Set("a", "1")
	if r := read(); r.Text != "1!" || r.Late != nil {
		t.Errorf("known: %+v", r)
	}
	v.Set("b", "#{a}?")
	if r := read(); r.Text != "1?" {
		t.Errorf("changed: %+v", r)
	}
}

func TestCloneIsIndependent(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("A[x].B", "1")
	v.SetLate("l")
	c := v.Clone()
	c.Set("A[y].B", "2")
	c.Set("a[X].b", "3")
	if got, want := names(v), "A[x].B=1 l="+LateText; got != want {
		t.Errorf("original = %q, want %q", got, want)
	}
	const text = "#{each i in A}#{i}#{i.B}#{/each}"
	for v, want := range maps.All(map[*Variables]string{v: "x1", c: "x3y2"}) {
		if r, err := Evaluate(text, v, Options{}); err != nil || r.Text != want {
			t.Errorf("Evaluate = %+v, %v, want %q", r, err, want)
		}
	}
	if r, _ := Evaluate("#{l}", c, Options{}); len(r.Late) != 1 {
		t.Errorf("the clone's late name: %+v", r)
	}
}

func TestManyChildren(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	var want strings.Builder
	for i := range 3 * crowd {
		name := strings.Repeat("k", i+1)
		v.Set("A["+name+"]", name)
		want.WriteString(name)
	}
	r, err := Evaluate("#{each i in A}#{i}#{/each}", v, Options{})
	if err != nil || r.Text != want.String() {
		t.Errorf("in order: %+v, %v", r, err)
	}
	if r, _ := Evaluate("#{A[KKK]}#{A["+strings.Repeat("K", 3*crowd)+"]}", v, Options{}); r.Text != "kkk"+strings.Repeat("k", 3*crowd) {
		t.Errorf("by name: %+v", r)
	}
}
