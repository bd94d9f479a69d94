package main

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// Lambda starts a file named bootstrap that may be executed.
func TestPack(t *testing.T) {
	t.Parallel()
	program := bytes.Repeat([]byte("program"), 1000)
	packed, err := pack(program)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil || len(r.File) != 1 {
		t.Fatalf("zip of %d files, %v", len(r.File), err)
	}
	f, err := r.Open("bootstrap")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, program) || r.File[0].Mode() != 0o755 {
		t.Errorf("bootstrap: %d bytes, mode %v, %v", len(got), r.File[0].Mode(), err)
	}
	if again, err := pack(program); err != nil || !bytes.Equal(again, packed) {
		t.Errorf("packed twice it differs, %v", err)
	}
}
