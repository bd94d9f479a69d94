package s3

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// freeName makes the name of a deleted object free for a put with If-None-Match. The server marks the file as deleted, but
// looks at its ETag when it decides whether the name is taken.
//
// AWS, "How to prevent object overwrites with conditional writes": "If the current object version is a delete marker, the write
// operation succeeds".
func (s *Server) freeName(bucket, key string) {
	f, err := os.Open(filepath.Join(s.settings.Dir, "data", bucket, filepath.FromSlash(key)))
	if err != nil {
		return // it was never there
	}
	defer func() { _ = f.Close() }()
	// The file itself is asked and changed, not the name, which may be somebody's new object by now.
	if _, err := unix.Fgetxattr(int(f.Fd()), "user.delete-marker", nil); err == nil {
		_ = unix.Fremovexattr(int(f.Fd()), "user.etag") // it is gone already after a second delete
	}
}
