package task

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// read decodes strictly: a field that today's code does not know has been
// renamed or taken away, which must not happen.
func read(t *testing.T, b []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v", b, err)
	}
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("no file like %s: %v", pattern, err)
	}
	return found
}

// TestOldOrdersAreRead: orders of every release, and those of today.
func TestOldOrdersAreRead(t *testing.T) {
	t.Parallel()
	for _, path := range append(files(t, "../../testdata/stored/v*/order.json"), files(t, "testdata/orders/*.json")...) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var o Order
		read(t, b, &o)
		if o.Format < 1 || o.Format > Format || o.ID == "" || o.Target == "" || o.Expires.IsZero() || len(o.Variables) == 0 {
			t.Errorf("%s is read as %+v", path, o)
		}
		switch o.Work.Kind {
		case KindNginx:
			var n Nginx
			read(t, o.Work.Settings, &n)
			if n.Name == "" || len(n.Bindings) == 0 || len(n.Locations) == 0 || o.Package == nil || o.Package.SHA256 == "" {
				t.Errorf("%s: the site is read as %+v, the package as %+v", path, n, o.Package)
			}
		case KindIIS:
			var i IIS
			read(t, o.Work.Settings, &i)
			if i.Site == nil || i.Site.Name == "" || i.Site.Pool.Name == "" || len(i.Site.Bindings) == 0 || i.Retries == nil || i.RetryPause == 0 || o.Package == nil || o.Package.SHA256 == "" {
				t.Errorf("%s: the site is read as %+v, the package as %+v", path, i, o.Package)
			}
		case KindPackage:
			var i Installation
			read(t, o.Work.Settings, &i)
			if i.Directory == "" || len(i.SubstituteIn) == 0 || i.Transforms == nil || o.Package == nil || o.Package.SHA256 == "" {
				t.Errorf("%s: the installation is read as %+v, the package as %+v", path, i, o.Package)
			}
		case KindScript:
			var s Script
			read(t, o.Work.Settings, &s)
			if s.Syntax != "bash" || s.Body == "" {
				t.Errorf("%s: the script is read as %+v", path, s)
			}
		default:
			t.Errorf("%s is of the kind %q", path, o.Work.Kind)
		}
	}
}

func TestOldReportsAreRead(t *testing.T) {
	t.Parallel()
	for _, path := range files(t, "../../testdata/stored/v*/reports.jsonl") {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var reports []Report
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var r Report
			read(t, lines.Bytes(), &r)
			reports = append(reports, r)
		}
		var phases []string
		for _, r := range reports {
			phases = append(phases, string(r.Phase))
		}
		if got := strings.Join(phases, " "); got != "waiting running ended absent" {
			t.Fatalf("%s: phases %s", path, got)
		}
		line := reports[1].Lines[1]
		if line.Seq != 2 || line.Stream != Stdout || line.Text != "héllo" || line.At.IsZero() || len(reports[1].Lines) != 4 {
			t.Errorf("%s: the lines are read as %+v", path, reports[1].Lines)
		}
		end := reports[2].End
		if end == nil || end.Outcome != Failed || end.ExitCode != 3 || end.Message == "" || end.Outputs["Path"] != "/srv" || end.At.IsZero() {
			t.Errorf("%s: the end is read as %+v", path, end)
		}
	}
}

func TestAnOrderComesBackAsItWas(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 123, time.UTC)
	want := Order{
		Format: Format, ID: "D.t0.1", Created: at, Expires: at.Add(time.Hour), Timeout: Duration(90 * time.Second),
		Work: Work{Kind: KindScript, Settings: json.RawMessage(`{"body":"a"}`)}, Package: &Package{ID: "P", Size: 1 << 40},
		Variables: []Variable{{Name: "A", Value: "<&>"}, {Name: "B", Secret: true}}, Sealed: []byte{0, 1, 255},
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Order
	read(t, b, &got)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s comes back as\n%+v\nwant\n%+v", b, got, want)
	}
	if !strings.Contains(string(b), `"timeout":"1m30s"`) {
		t.Errorf("the timeout is not text: %s", b)
	}
	if err := json.Unmarshal([]byte(`{"timeout":"soon"}`), &got); err == nil {
		t.Error("a timeout of `soon` was read")
	}
}
