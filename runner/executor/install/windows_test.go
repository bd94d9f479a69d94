package install

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestNamesThatWindowsForbids are refused by name and rule before anything is
// unpacked, whatever system judges them.
func TestNamesThatWindowsForbids(t *testing.T) {
	t.Parallel()
	many := make([]item, 12)
	for i := range many {
		many[i] = item{name: fmt.Sprintf("x%d/nul", i)}
	}
	for _, tt := range []struct {
		name, file string
		body       []byte
		message    string // "" is taken
	}{
		{"ordinary", "a.1.zip", zipOf(t, item{name: "Web.config"}, item{name: "bin/App.dll"}, item{name: "Content/"}, item{name: `Views\Home\Index.cshtml`}), ""},
		{"device", "a.1.zip", zipOf(t, item{name: "ok"}, item{name: "logs/NUL.txt"}), `entry "logs/NUL.txt": "NUL.txt" is the device NUL`},
		{"device as folder", "a.1.nupkg", zipOf(t, item{name: "aux/x"}), `entry "aux/x": "aux" is the device AUX`},
		{"device decoded", "a.1.nupkg", zipOf(t, item{name: "%63on"}), `entry "con"`},
		{"trailing dot", "a.1.zip", zipOf(t, item{name: "a./x"}), "ends with a dot"},
		{"trailing space", "a.1.tar.gz", tgzOf(t, item{name: "name "}), "ends with a dot or a space"},
		{"stream", "a.1.tar.gz", tgzOf(t, item{name: "Web.config:hidden"}), "hidden stream"},
		{"question mark", "a.1.zip", zipOf(t, item{name: "what?.txt"}), `holds "?"`},
		{"case", "a.1.zip", zipOf(t, item{name: "Web.config"}, item{name: "web.config"}), `entry "web.config": it differs from "Web.config" only by case`},
		{"case below", "a.1.tar.gz", tgzOf(t, item{name: "Bin/a.dll"}, item{name: "bin/A.dll"}), `differs from "Bin/a.dll" only by case`},
		{"folders that differ by case", "a.1.zip", zipOf(t, item{name: "Content/a.css"}, item{name: "content/b.css"}), ""},
		{"file and folder", "a.1.zip", zipOf(t, item{name: "Bin"}, item{name: "bin/x"}), `differs from the file "Bin" only by case`},
		{"folder and file", "a.1.zip", zipOf(t, item{name: "bin/x"}, item{name: "Bin"}), `differs from the folder "bin" only by case`},
		{"link in a zip", "a.1.zip", zipOf(t, item{name: "l", link: "x"}), "symbolic link"},
		{"link in a tar", "a.1.tar.gz", tgzOf(t, item{name: "l", link: "x"}), "symbolic link"},
		{"not UTF-8", "a.1.zip", zipOf(t, item{name: "caf\xe9"}), "UTF-8"},
		{"two at once", "a.1.zip", zipOf(t, item{name: "con"}, item{name: "b."}), `"b."`},
		{"many", "a.1.zip", zipOf(t, many...), "and 7 more"},
		{"self-description stays out", "a.1.nupkg", zipOf(t, item{name: "_rels/con"}, item{name: "x"}), ""},
		{"grows", "a.1.tar.gz", tgzOf(t, item{name: "x", text: strings.Repeat("0", 150<<20)}), "times its size"},
		{"outside", "a.1.zip", zipOf(t, item{name: "../x"}), "outside"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := order(t, tt.file, tt.body)
			o.Windows = true
			_, err := Install(t.Context(), o)
			if tt.message == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("Install = %v, want an error with %s", err, tt.message)
			}
			if _, err := os.Stat(o.Applications); err == nil {
				t.Error("a folder was made before the names were judged")
			}
		})
	}
}

func TestFoldersThatWindowsForbids(t *testing.T) {
	t.Parallel()
	body := zipOf(t, item{name: "x"})
	for _, tt := range []struct {
		change func(*Order)
		want   string
	}{
		{func(o *Order) { o.Environment = "nul" }, "device NUL"},
		{func(o *Order) { o.Environment = "Prod." }, "ends with a dot"},
		{func(o *Order) { o.Package.ID = "AUX" }, "device AUX"},
		{func(o *Order) { o.Package.Version = "1.0." }, "ends with a dot"},
	} {
		o := order(t, "a.1.zip", body)
		tt.change(&o)
		o.Windows = true
		if _, err := Install(t.Context(), o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Install of %s %s to %s = %v, want an error with %s", o.Package.ID, o.Package.Version, o.Environment, err, tt.want)
		}
	}
}

// TestLongPaths unpacks what has longer paths than programs once could open.
func TestLongPaths(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("a-long-folder-name/", 20) + "file.txt"
	o := order(t, "a.1.zip", zipOf(t, item{name: name, text: "here"}))
	done, err := Install(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(done.Dir, filepath.FromSlash(name)))
	if err != nil || string(b) != "here" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if err := os.RemoveAll(done.Dir); err != nil {
		t.Error(err)
	}
}

// modes leaves out of a tree's listing what Windows does not have.
func modes(listing string) string {
	if runtime.GOOS != "windows" {
		return listing
	}
	var b strings.Builder
	for line := range strings.Lines(listing) {
		mode, name, _ := strings.Cut(line, " ")
		b.WriteString(mode[:1] + " " + name)
	}
	return b.String()
}
