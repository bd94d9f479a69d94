package sshhosts

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"

	"slipway/runner/executor/carried"
)

// Program is an executor as it is put on a host.
type Program struct {
	Hash    string                                // SHA-256 of Content, lower-case hex
	Words   []string                              // what comes before its verbs
	Content func(context.Context) ([]byte, error) // read only when a host does not have it
}

// Programs say which executor a platform gets.
type Programs func(goos, arch string) (Program, error)

// Carried are the executors in this binary. A host of our own platform for
// which none is carried gets the file own, the running binary, which is an
// executor when called with the word `executor`; "" leaves that out.
func Carried(own string) Programs {
	self := sync.OnceValues(func() (Program, error) { return fromFile(own) })
	return func(goos, arch string) (Program, error) {
		if own != "" && goos == runtime.GOOS && arch == runtime.GOARCH && !slices.Contains(carried.Platforms(), goos+"-"+arch) {
			return self()
		}
		hash, err := carried.Hash(goos, arch)
		return Program{Hash: hash, Content: func(context.Context) ([]byte, error) {
			_, content, err := carried.Executor(goos, arch)
			return content, err
		}}, err
	}
}

// Stored are the executors that were made together with this binary, which may
// only know their hashes: what it does not carry is read by get, packed with
// gzip.
func Stored(get func(ctx context.Context, hash string) (io.ReadCloser, error)) Programs {
	return func(goos, arch string) (Program, error) {
		hash, err := carried.Hash(goos, arch)
		return Program{Hash: hash, Content: func(ctx context.Context) ([]byte, error) {
			if slices.Contains(carried.Platforms(), goos+"-"+arch) {
				_, content, err := carried.Executor(goos, arch)
				return content, err
			}
			return fetched(ctx, hash, get)
		}}, err
	}
}

func fetched(ctx context.Context, hash string, get func(context.Context, string) (io.ReadCloser, error)) ([]byte, error) {
	packed, err := get(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	from, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("executor %s is not packed with gzip: %w", hash, err)
	}
	content, err := io.ReadAll(from)
	sum := sha256.Sum256(content)
	if got := hex.EncodeToString(sum[:]); err == nil && got != hash {
		err = errors.New("it has SHA-256 " + got)
	}
	if err != nil {
		return nil, fmt.Errorf("executor %s is damaged where it is stored: %w", hash, err)
	}
	return content, nil
}

func fromFile(name string) (Program, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return Program{}, fmt.Errorf("read the running binary: %w", err)
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	return Program{Hash: hash, Words: []string{"executor"}, Content: func(context.Context) ([]byte, error) {
		content, err := os.ReadFile(name)
		if sum := sha256.Sum256(content); err == nil && hex.EncodeToString(sum[:]) != hash {
			err = fmt.Errorf("%s is not the binary that was started: restart the server", name)
		}
		return content, err
	}}, nil
}
