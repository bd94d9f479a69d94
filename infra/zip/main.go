// Command zip packs a program for Lambda: one file, named bootstrap, in a zip.
//
//	go run ./infra/zip PROGRAM ZIP
//
// It does not build. The same program gives the same zip, byte for byte, so that
// the zip's hash can be its name and an unchanged program is no new version.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: zip PROGRAM ZIP")
		os.Exit(2)
	}
	program, err := os.ReadFile(os.Args[1])
	if err == nil {
		var packed []byte
		if packed, err = pack(program); err == nil {
			err = os.WriteFile(os.Args[2], packed, 0o644)
			fmt.Printf("%s: %.1f MB, the program in it %.1f MB\n", os.Args[2], float64(len(packed))/1e6, float64(len(program))/1e6)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "zip:", err)
		os.Exit(1)
	}
}

func pack(program []byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestCompression) })
	entry := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate} // without a time, which would differ
	entry.SetMode(0o755)
	f, err := w.CreateHeader(entry)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(program); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
