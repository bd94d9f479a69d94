package textform

import (
	"embed"
	"io/fs"
)

//go:embed samples
var samples embed.FS

// Sample is the folder of an example project, like "random-quotes". It is
// empty for a name there is none of.
func Sample(name string) fs.FS {
	folder, err := fs.Sub(samples, "samples/"+name)
	if err != nil {
		return embed.FS{}
	}
	return folder
}
