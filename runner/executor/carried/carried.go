// Package carried holds the executors that are built into this binary, by
// platform.
//
// It brings them nowhere. A build without `make executor` carries none and
// works: the running binary can serve its own platform (see sshhosts and
// localhosts), every other platform is an error at first use. What a newcomer
// would miss: a build for Lambda knows the hashes of the programs that were made
// with it, and carries none of them.
package carried

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
)

// Executor is the program for a platform and its SHA-256 in lower-case hex.
func Executor(goos, arch string) (hash string, content []byte, err error) {
	_, hash, content, err = read(embedded, goos, arch)
	return hash, content, err
}

// Packed is the same program as it is carried, packed with gzip. The hash is that
// of the program, not of what it is packed in.
func Packed(goos, arch string) (hash string, packed []byte, err error) {
	packed, hash, _, err = read(embedded, goos, arch)
	return hash, packed, err
}

// Hash is what Executor would give, where possible without unpacking the
// program. It is also known of programs that a build for Lambda does not carry.
func Hash(goos, arch string) (string, error) {
	platform := goos + "-" + arch
	if hash, ok := listed(embedded)[platform]; ok {
		return hash, nil
	}
	if hash, ok := hashes.Load(platform); ok {
		return hash.(string), nil
	}
	hash, _, err := Executor(goos, arch)
	if err == nil {
		hashes.Store(platform, hash)
	}
	return hash, err
}

var hashes sync.Map // platform → hash, of what had to be unpacked

// Platforms are the carried ones, like `linux-amd64`.
func Platforms() []string { return platforms(embedded) }

func platforms(from fs.FS) []string {
	names, _ := fs.Glob(from, "files/*.gz")
	for i, name := range names {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(name, "files/"), ".gz")
	}
	return names
}

// listed is what `make executor` has noted: a platform and a hash on each line.
func listed(from fs.FS) map[string]string {
	text, _ := fs.ReadFile(from, "files/hashes") // absent before the first `make executor`
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if platform, hash, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all[platform] = hash
		}
	}
	return all
}

func read(from fs.FS, goos, arch string) (packed []byte, hash string, content []byte, err error) {
	platform := goos + "-" + arch
	if packed, err = fs.ReadFile(from, "files/"+platform+".gz"); err != nil {
		return nil, "", nil, absent(from, platform)
	}
	if content, err = unpack(packed); err != nil {
		return nil, "", nil, fmt.Errorf("the carried executor for %s is damaged, build it again with `make executor build`: %w", platform, err)
	}
	sum := sha256.Sum256(content)
	hash = hex.EncodeToString(sum[:])
	if noted, ok := listed(from)[platform]; ok && noted != hash {
		return nil, "", nil, fmt.Errorf("the carried executor for %s is not the one whose hash was noted beside it, build both again with `make executor build`", platform)
	}
	return packed, hash, content, nil
}

func absent(from fs.FS, platform string) error {
	have := platforms(from)
	if len(have) == 0 && listed(from)[platform] != "" {
		return fmt.Errorf("this slipway is a build for Lambda and carries no executor, only their hashes: a build by `make build` carries them, `slipway infra executors` writes them out")
	}
	carries := "none"
	if len(have) > 0 {
		carries = strings.Join(have, ", ")
	}
	return fmt.Errorf("this slipway carries no executor for %s (it carries: %s): build it with `make executor build`, or use a release build", platform, carries)
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
