// Package carried holds the executors that are built into this binary, by
// platform.
//
// It brings them nowhere. A build without `make executor` carries none and
// works: the running binary can serve its own platform (see sshhosts and
// localhosts), every other platform is an error at first use.
package carried

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
)

//go:embed all:files
var embedded embed.FS

// Executor is the program for a platform and its SHA-256 in lower-case hex.
func Executor(goos, arch string) (hash string, content []byte, err error) {
	return read(embedded, goos, arch)
}

// Hash is what Executor would give, without unpacking the program each time.
func Hash(goos, arch string) (string, error) {
	if hash, ok := hashes.Load(goos + "-" + arch); ok {
		return hash.(string), nil
	}
	hash, _, err := Executor(goos, arch)
	if err == nil {
		hashes.Store(goos+"-"+arch, hash)
	}
	return hash, err
}

var hashes sync.Map // platform → hash

// Platforms are the carried ones, like `linux-amd64`.
func Platforms() []string { return platforms(embedded) }

func platforms(from fs.FS) []string {
	names, _ := fs.Glob(from, "files/*.gz")
	for i, name := range names {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(name, "files/"), ".gz")
	}
	return names
}

func read(from fs.FS, goos, arch string) (string, []byte, error) {
	platform := goos + "-" + arch
	packed, err := fs.ReadFile(from, "files/"+platform+".gz")
	if err != nil {
		have := "none"
		if names := platforms(from); len(names) > 0 {
			have = strings.Join(names, ", ")
		}
		return "", nil, fmt.Errorf("this slipway carries no executor for %s (it carries: %s): build it with `make executor build`, or use a release build", platform, have)
	}
	content, err := unpack(packed)
	if err != nil {
		return "", nil, fmt.Errorf("the carried executor for %s is damaged, build it again with `make executor build`: %w", platform, err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), content, nil
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
