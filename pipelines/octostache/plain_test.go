package octostache

import "testing"

// What Append reads without making a tree must come out as the tree would have it.
func TestPlainTokensAreLikeAllOthers(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	for _, pair := range [][2]string{
		{"Name", "one"}, {"Shop.Name", "two"}, {"shop.name$old", "three"}, {"if", "four"}, {"else", "five"}, {"/if", "six"}, {"é", "seven"},
		{"A[k].B", "eight"}, {"Own", "#{Name}"}, {"Circle", "#{Circle}"}, {"J", `{"a":"nine"}`}, {"a b", "ten"}, {"a..b", "eleven"}, {"##", "x"},
	} {
		v.Set(pair[0], pair[1])
	}
	v.SetLate("Later")
	for _, text := range []string{
		"#{Name}", "#{NAME}#{name}", "-#{Shop.Name}-", "#{shop.name}", "#{if}#{else}", "#{/if}", "#{é}", "#{A[k].B}", "#{A}", "#{Own}", "#{Circle}",
		"#{J.a}", "#{J.b}", "#{a b}", "#{a..b}", "#{.a}", "#{a.}", "#{.}", "#{}", "#{", "#{Name", "##{Name}", "###{Name}", "#{Name}}", "#{Name|ToUpper}",
		"#{Missing}", "#{Later}", "#{if Name}#{Name}#{/if}#{Name}", "#{Shop.Name$old}", "#{##}", "#{Name}#{Na#{Name}",
	} {
		got, gotErr := Evaluate(text, v, Options{Continue: true})
		want, wantErr := ParseLenient(text).Evaluate(v, Options{})
		if got.Text != want.Text || len(got.Unresolved) != len(want.Unresolved) || len(got.Late) != len(want.Late) || (gotErr == nil) != (wantErr == nil) {
			t.Errorf("%s: %+v, %v; as a tree %+v, %v", text, got, gotErr, want, wantErr)
		}
	}
}

// A later variable may hang its text below the same name.
func TestPlainTokenOfAnOverriddenName(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.Set("Shop", "first")
	v.Set("Shop$x", "second")
	if r, err := Evaluate("#{Shop}", v, Options{Continue: true}); err != nil || r.Text != "second" {
		t.Errorf("Evaluate = %q, %v, want what the later definition says", r.Text, err)
	}
}
