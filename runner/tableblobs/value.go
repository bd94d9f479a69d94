package tableblobs

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"slipway/runner/blobs"
)

// A value is the form's version, when the blob was put in nanoseconds, the hash of its bytes, and these.
const (
	form     = 1
	headSize = 1 + 8 + sha256.Size
)

func sealed(name string, content []byte, now time.Time) ([]byte, blobs.Info) {
	sum := sha256.Sum256(content)
	value := make([]byte, 0, headSize+len(content))
	value = append(value, form)
	value = binary.BigEndian.AppendUint64(value, uint64(now.UnixNano()))
	value = append(value, sum[:]...)
	value = append(value, content...)
	info := described(name, value)
	info.SHA256 = hex.EncodeToString(sum[:])
	return value, info
}

// described says what is known of a value without looking at its bytes.
func described(name string, value []byte) blobs.Info {
	info := blobs.Info{Name: name, Size: int64(max(len(value)-headSize, 0))}
	if len(value) >= headSize {
		info.Modified = time.Unix(0, int64(binary.BigEndian.Uint64(value[1:])))
	}
	return info
}

// open returns the bytes of a value, if they are those that were put.
func open(name string, value []byte) ([]byte, blobs.Info, error) {
	if len(value) < headSize || value[0] != form {
		return nil, blobs.Info{}, damaged(name)
	}
	content := value[headSize:]
	sum := sha256.Sum256(content)
	if string(sum[:]) != string(value[9:headSize]) {
		return nil, blobs.Info{}, damaged(name)
	}
	info := described(name, value)
	info.SHA256 = hex.EncodeToString(sum[:])
	return content, info, nil
}

func damaged(name string) error {
	return fmt.Errorf("the blob %s is damaged in the table: it is not what was put; restore the data folder from a backup", name)
}
