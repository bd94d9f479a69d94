package s3

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// Bucket is a fresh, versioned bucket on a running server.
type Bucket struct {
	*Server
	Name string
}

var (
	shared struct {
		sync.Mutex
		server *Server
		dir    string
		users  int
	}
	buckets atomic.Int64
)

// Need is a new bucket on the server that all tests of this process share, which runs while one of them does.
// Without versitygw the test is skipped and says so.
func Need(t testing.TB) *Bucket {
	t.Helper()
	s, err := take()
	if err != nil {
		t.Fatal(err)
	}
	if s == nil {
		t.Skipf("no S3 server: versitygw is not at %s; test/emulators/s3/install.sh puts it there", Tool())
	}
	t.Cleanup(giveBack)
	return MakeBucket(t, s)
}

// Own is a new bucket on a server that only this test uses, to be killed or troubled.
func Own(t testing.TB) *Bucket {
	t.Helper()
	if _, err := os.Stat(Tool()); err != nil {
		t.Skipf("no S3 server: versitygw is not at %s; test/emulators/s3/install.sh puts it there", Tool())
	}
	dir, err := os.MkdirTemp("", "s3-")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(Settings{Dir: dir, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(dir)
	})
	return MakeBucket(t, s)
}

// MakeBucket is a new bucket of the server.
func MakeBucket(t testing.TB, s *Server) *Bucket {
	t.Helper()
	name := fmt.Sprintf("bucket-%d-%d", os.Getpid(), buckets.Add(1))
	if err := s.MakeBucket(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	return &Bucket{s, name}
}

// take is the shared server, started if it is not; nil where versitygw is missing.
func take() (*Server, error) {
	shared.Lock()
	defer shared.Unlock()
	if _, err := os.Stat(Tool()); err != nil {
		return nil, nil
	}
	if shared.users == 0 {
		dir, err := os.MkdirTemp("", "s3-")
		if err != nil {
			return nil, err
		}
		server, err := Start(Settings{Dir: dir})
		if err != nil {
			_ = os.RemoveAll(dir)
			return nil, err
		}
		shared.server, shared.dir = server, dir
	}
	shared.users++
	return shared.server, nil
}

func giveBack() {
	shared.Lock()
	defer shared.Unlock()
	if shared.users--; shared.users > 0 {
		return
	}
	_ = shared.server.Stop() // it was killed, its data go
	_ = os.RemoveAll(shared.dir)
}
