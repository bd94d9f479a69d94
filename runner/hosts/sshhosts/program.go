package sshhosts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"sync"

	"slipway/runner/executor/carried"
)

// Program is an executor as it is put on a host.
type Program struct {
	Hash    string                 // SHA-256 of Content, lower-case hex
	Words   []string               // what comes before its verbs
	Content func() ([]byte, error) // read only when a host does not have it
}

// Programs say which executor a platform gets.
type Programs func(goos, arch string) (Program, error)

// Carried are the executors in this binary. A host of our own platform for
// which none is carried gets the file own, the running binary, which is an
// executor when called with the word `executor`; "" leaves that out.
func Carried(own string) Programs {
	self := sync.OnceValues(func() (Program, error) { return fromFile(own) })
	return func(goos, arch string) (Program, error) {
		hash, err := carried.Hash(goos, arch)
		if err == nil {
			return Program{Hash: hash, Content: func() ([]byte, error) {
				_, content, err := carried.Executor(goos, arch)
				return content, err
			}}, nil
		}
		if own != "" && goos == runtime.GOOS && arch == runtime.GOARCH {
			return self()
		}
		return Program{}, err
	}
}

func fromFile(name string) (Program, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return Program{}, fmt.Errorf("read the running binary: %w", err)
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	return Program{Hash: hash, Words: []string{"executor"}, Content: func() ([]byte, error) {
		content, err := os.ReadFile(name)
		if sum := sha256.Sum256(content); err == nil && hex.EncodeToString(sum[:]) != hash {
			err = fmt.Errorf("%s is not the binary that was started: restart the server", name)
		}
		return content, err
	}}, nil
}
