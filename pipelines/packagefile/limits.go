package packagefile

import "slipway/pipelines"

// What a package may be. The host that unpacks it counts with the same limits,
// since an archive can lie about its sizes.
const (
	// MaxEntries is how many files, folders and links a package may hold.
	MaxEntries = 100_000
	// MaxUnpackedSize is how many bytes its content may have.
	MaxUnpackedSize int64 = 8 << 30
	// MaxRatio is how many bytes one byte of the package may become, once the
	// content passes RatioFrom; ordinary content stays below 20.
	MaxRatio = 200
	// RatioFrom exempts small packages from MaxRatio: a few megabytes of
	// zeros harm nobody.
	RatioFrom int64 = 100 << 20
)

const (
	maxDirectorySize = 32 << 20 // bytes read to list a zip
	maxNuspecSize    = 1 << 20
	maxLinkTarget    = 4096
	maxPath          = 4096
	maxFileName      = 512 // of the package itself: id, version, ending
	maxPathPart      = 255
)

// tally adds up what an archive holds and refuses when it is too much.
type tally struct {
	packedSize int64
	entries    int
	unpacked   int64
}

func (t *tally) add(size int64) error {
	t.entries++
	if t.entries > MaxEntries {
		return pipelines.Refuse(pipelines.Invalid, "the package has more than %d entries; split it, or pack its many small files into an archive inside", MaxEntries)
	}
	if size < 0 || size > MaxUnpackedSize-t.unpacked {
		return pipelines.Refuse(pipelines.Invalid, "the package unpacks to more than %d GiB; split it", MaxUnpackedSize>>30)
	}
	t.unpacked += size
	return checkRatio(t.unpacked, t.packedSize)
}

func checkRatio(unpacked, packed int64) error {
	if unpacked > RatioFrom && unpacked/MaxRatio > packed {
		return pipelines.Refuse(pipelines.Invalid,
			"the package would unpack to more than %d times its own size, as archives made to fill a disk do; leave out what compresses that well, or pack it as an archive inside", MaxRatio)
	}
	return nil
}
