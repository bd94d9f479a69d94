package packagefile

import (
	"path"

	"slipway/pipelines"
)

// contents collects the entries of one package and refuses those that could
// not be unpacked side by side.
type contents struct {
	format  string
	tally   tally
	files   map[string]bool // names on the host: files and links, not folders
	folders map[string]bool // named by an entry or by something inside
}

func newContents(format string, packedSize int64) *contents {
	return &contents{
		format:  format,
		tally:   tally{packedSize: packedSize},
		files:   map[string]bool{},
		folders: map[string]bool{},
	}
}

// add takes the next entry. The name is judged as it would be written: what
// is harmless in the archive may lead out once its percent signs are decoded.
func (c *contents) add(entryName string, size int64, isFolder bool) error {
	if err := c.tally.add(size); err != nil {
		return err
	}
	if err := SafeEntry(entryName); err != nil {
		return err
	}
	name, _ := Installs(c.format, entryName)
	if err := SafeEntry(name); err != nil {
		return err
	}
	if isFolder {
		return c.addFolder(name)
	}
	if name == "." {
		return pipelines.Refuse(pipelines.Invalid, "entry %q of the package is the target folder itself, but is no folder; pack it again with a name", shortened(entryName))
	}
	if c.files[name] {
		return pipelines.Refuse(pipelines.Invalid, "entry %q is in the package twice, so which one counts is not known; pack it again with one of them", shortened(name))
	}
	if c.folders[name] {
		return clash(name)
	}
	c.files[name] = true
	return c.addFolder(path.Dir(name))
}

// addFolder notes a folder and those it is in; the walk up ends at the first
// one known, which keeps ten thousand files in one deep folder cheap.
func (c *contents) addFolder(name string) error {
	for ; name != "." && !c.folders[name]; name = path.Dir(name) {
		if c.files[name] {
			return clash(name)
		}
		if len(c.folders) == MaxEntries { // few entries can name very many
			return pipelines.Refuse(pipelines.Invalid, "the package has more than %d folders; split it, or pack them into an archive inside", MaxEntries)
		}
		c.folders[name] = true
	}
	return nil
}

func clash(name string) error {
	return pipelines.Refuse(pipelines.Invalid, "entry %q of the package is a file or link, and a folder, too; pack it again with one of them", shortened(name))
}
