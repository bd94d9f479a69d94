package runner

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"slipway/runner/env"
)

func TestARelayCarriesAllBytes(t *testing.T) {
	t.Parallel()
	want := make([]byte, 300<<10)
	for i := range want {
		want[i] = byte(rand.N(256))
	}
	p := newRelay(env.Env{})
	go func() {
		_, err := io.Copy(p, iotest.HalfReader(bytes.NewReader(want)))
		p.finish(err)
	}()
	got, err := io.ReadAll(iotest.OneByteReader(p))
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d of %d bytes came, %v", len(got), len(want), err)
	}
}

func TestARelayEndsOnBothSides(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the host is gone")
	p := newRelay(env.Env{})
	go p.finish(trouble)
	if _, err := io.ReadAll(p); !errors.Is(err, trouble) {
		t.Errorf("the reader sees %v, want %v", err, trouble)
	}
	p = newRelay(env.Env{})
	wrote := make(chan error)
	go func() {
		_, err := p.Write([]byte("more than is read"))
		wrote <- err
	}()
	if _, err := io.ReadFull(p, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	_ = p.Close()
	if err := <-wrote; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the writer sees %v, want %v", err, io.ErrClosedPipe)
	}
}
