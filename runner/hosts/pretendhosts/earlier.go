package pretendhosts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// earlier are the entries that older programs have written: a file row/000001.json
// for each attempt, and one below stops/ for each stop. Nobody adds to them any more.
func (f *folder) earlier() ([]entry, error) {
	var out []entry
	for row := 1; ; row++ {
		text, err := os.ReadFile(filepath.Join(f.dir, "row", fmt.Sprintf("%06d.json", row)))
		if errors.Is(err, fs.ErrNotExist) {
			return out, nil
		}
		begun := entry{Row: row}
		if err == nil {
			err = json.Unmarshal(text, &begun)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, begun)
		if at, err := os.ReadFile(filepath.Join(f.dir, "stops", begun.Order.ID)); err == nil {
			if when, err := time.Parse(time.RFC3339Nano, string(at)); err == nil {
				out = append(out, entry{Stop: begun.Order.ID, At: when})
			}
		}
	}
}
