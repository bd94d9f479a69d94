package pages

import (
	"strconv"
	"strings"
	"testing"
)

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

// TestTheFrameOfAMailGrowsWithItsText, and neither vanishes nor goes on for ever.
func TestTheFrameOfAMailGrowsWithItsText(t *testing.T) {
	t.Parallel()
	last := 0
	for _, text := range []string{"", "one line", strings.Repeat("long words ", 40), strings.Repeat("a line\n", 30)} {
		tall, err := strconv.Atoi(HeldMail{Text: text}.height())
		if err != nil || tall <= last {
			t.Errorf("%.20q is %d px tall, and a shorter one %d: %v", text, tall, last, err)
		}
		last = tall
	}
	if got := (HeldMail{Text: strings.Repeat("x\n", 1<<16)}).height(); got != "4000" {
		t.Errorf("a very long mail is %s px tall", got)
	}
}
