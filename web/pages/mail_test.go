package pages

import "testing"

func TestHeldMailHTMLKeepsTheDoctypeFirst(t *testing.T) {
	t.Parallel()
	const base = `<base target="_blank">`
	cases := []struct{ html, want string }{
		{"<p>Hello</p>", base + "<p>Hello</p>"},
		{"<!DOCTYPE html><p>Hello</p>", "<!DOCTYPE html>" + base + "<p>Hello</p>"},
		{" \n<!doctype html>\n<p>Hello</p>", " \n<!doctype html>" + base + "\n<p>Hello</p>"},
		{"<!doctype", base + "<!doctype"},
		{"", base},
	}
	for _, c := range cases {
		if got := HeldMailHTML(c.html); got != c.want {
			t.Errorf("HeldMailHTML(%q) = %q, want %q", c.html, got, c.want)
		}
	}
}
