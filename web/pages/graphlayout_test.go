package pages

import (
	"fmt"
	"strings"
	"testing"
)

func step(id string, needs ...string) GraphStep {
	return GraphStep{ID: id, Name: "Step " + id, Needs: needs}
}

var graphShapes = map[string]Graph{
	"one":     {Steps: []GraphStep{step("a")}},
	"list":    {Steps: []GraphStep{step("a"), step("b", "a"), step("c", "b")}},
	"diamond": {Steps: []GraphStep{step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c")}},
	"skip":    {Steps: []GraphStep{step("a"), step("b", "a"), step("c", "b", "a")}},
	"islands": {Steps: []GraphStep{step("a"), step("b"), step("c"), step("d", "c")}},
}

func TestDrawingsKeepNodesApartAndInside(t *testing.T) {
	t.Parallel()
	for name, g := range graphShapes {
		for _, d := range []drawing{drawWide(g), drawNarrow(g)} {
			if len(d.Nodes) != len(g.Steps) {
				t.Fatalf("%s%s: %d nodes for %d steps", d.Prefix, name, len(d.Nodes), len(g.Steps))
			}
			for i, n := range d.Nodes {
				if n.X < 0 || n.Y < 0 || n.X+n.W > d.Width || n.Y+n.H > d.Height {
					t.Errorf("%s%s: node %s at %d,%d is outside of %dx%d", d.Prefix, name, n.ID, n.X, n.Y, d.Width, d.Height)
				}
				for _, o := range d.Nodes[:i] {
					if n.X < o.X+o.W && o.X < n.X+n.W && n.Y < o.Y+o.H && o.Y < n.Y+n.H {
						t.Errorf("%s%s: nodes %s and %s overlap", d.Prefix, name, o.ID, n.ID)
					}
				}
			}
		}
	}
}

func TestEachNeedIsAnEdgeToTheRight(t *testing.T) {
	t.Parallel()
	for name, g := range graphShapes {
		needs := 0
		wide := drawWide(g)
		at := map[string]node{}
		for _, n := range wide.Nodes {
			at[n.ID] = n
		}
		for _, s := range g.Steps {
			needs += len(s.Needs)
			for _, need := range s.Needs {
				if at[need].X >= at[s.ID].X {
					t.Errorf("%s: %s stands at x %d, not right of %s at %d, which it needs", name, s.ID, at[s.ID].X, need, at[need].X)
				}
			}
		}
		if len(wide.Edges) != needs || len(drawNarrow(g).Edges) != needs {
			t.Errorf("%s: %d wide and %d narrow edges, want %d", name, len(wide.Edges), len(drawNarrow(g).Edges), needs)
		}
	}
}

func TestSkippedStepsHaveLightEdges(t *testing.T) {
	t.Parallel()
	g := Graph{Steps: []GraphStep{step("a"), step("b", "a")}}
	g.Steps[0].State, g.Steps[1].State = Succeeded, Skipped
	if d := drawWide(g); !d.Edges[0].Skipped {
		t.Errorf("the edge to a skipped step is %+v, want it skipped", d.Edges[0])
	}
}

func TestBreakName(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, want string }{
		{"Deploy", "Deploy"},
		{"Deploy web app to Nginx", "Deploy web app to|Nginx"},
		{"Random quotes deployment status", "Random quotes|deployment status"},
		{"Deploy web servers, five per cent at a time", "Deploy web servers,|five per cent at a t…"},
		{"Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahr…"},
		{"", ""},
	}
	for _, c := range cases {
		if got := strings.Join(breakName(c.name, 21), "|"); got != c.want {
			t.Errorf("breakName(%q, 21) = %q, want %q", c.name, got, c.want)
		}
	}
}

func manyHosts(n int, state func(int) State) []GraphHost {
	var all []GraphHost
	for i := range n {
		all = append(all, GraphHost{Name: fmt.Sprint("web-", i), State: state(i)})
	}
	return all
}

func TestHostsAreDotsUpToTwenty(t *testing.T) {
	t.Parallel()
	const width = 170
	for n, wantDots := range map[int]int{0: 0, 1: 1, 20: 20, 21: 0} {
		dots, bar, _ := hostPicture(manyHosts(n, func(int) State { return Running }), width)
		if len(dots) != wantDots || (len(bar) > 0) != (n > mostDots) {
			t.Errorf("hostPicture of %d hosts has %d dots and %d segments, want %d dots", n, len(dots), len(bar), wantDots)
		}
		for _, d := range dots {
			if d.X+10 > width {
				t.Errorf("hostPicture of %d hosts: a dot at %d leaves the width of %d", n, d.X, width)
			}
		}
	}
}

func TestHostBarShowsTheOneThatFailed(t *testing.T) {
	t.Parallel()
	bar := hostBar(manyHosts(2000, func(i int) State {
		if i == 1700 {
			return Failed
		}
		return Succeeded
	}), 170)
	if len(bar) != 2 || bar[1].State != Failed || bar[1].W < 3 || bar[1].Title != "1 failed" {
		t.Errorf("hostBar of 2000 hosts, one failed = %+v, want a visible failed part at the end", bar)
	}
}

// What has no room in a node is cut where people see it, and whole on hover and for
// those who do not see it.
func TestNoteIsCut(t *testing.T) {
	t.Parallel()
	long := "it ran on 1 of 3 targets, and on no more after step Verify: 502"
	for _, c := range []struct{ note, line, hint string }{
		{"12 s", "Skipped · 12 s", "Deploy (script)"},
		{long, "Skipped · it ran on 1 of…", "Deploy (script): Skipped · " + long},
	} {
		n := newNode(GraphStep{Name: "Deploy", Type: "script", State: Skipped, Note: c.note}, 0, 0, nodeWidth)
		if n.noteLine() != c.line || n.hint() != c.hint || n.says() != "Deploy, Skipped, "+c.note {
			t.Errorf("%q: %q, %q, %q; want %q, %q", c.note, n.noteLine(), n.hint(), n.says(), c.line, c.hint)
		}
	}
}
