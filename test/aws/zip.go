package aws

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// Zip is the program as it goes to Lambda, built for this machine.
type Zip struct {
	File       string
	Size       int64
	Bootstrap  string // unpacked from File, to be run
	BinarySize int64
}

var built struct {
	once sync.Once
	dir  string
	zip  Zip
	err  error
}

// Build makes the zip, once for a test process. RemoveBuilt takes it away.
func Build() (Zip, error) {
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "slipway-zip-"); built.err == nil {
			built.zip, built.err = build(built.dir)
		}
	})
	return built.zip, built.err
}

// RemoveBuilt removes what Build made.
func RemoveBuilt() { _ = os.RemoveAll(built.dir) }

// build makes the program with the flags of `make deploy`, packs it and unpacks it again: what runs has been through the zip.
func build(dir string) (Zip, error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return Zip{}, err
	}
	program := filepath.Join(dir, "built")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", program, "./functions/slipway")
	cmd.Dir = strings.TrimSpace(string(root))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
	if out, err := cmd.CombinedOutput(); err != nil {
		return Zip{}, fmt.Errorf("the program does not build: %w\n%s", err, out)
	}
	z := Zip{File: filepath.Join(dir, "slipway.zip"), Bootstrap: filepath.Join(dir, "bootstrap")}
	if err := pack(program, z.File); err != nil {
		return Zip{}, err
	}
	if z.BinarySize, err = unpack(z.File, z.Bootstrap); err != nil {
		return Zip{}, err
	}
	about, err := os.Stat(z.File)
	if err != nil {
		return Zip{}, err
	}
	z.Size = about.Size()
	return z, os.Remove(program)
}

func pack(program, file string) error {
	from, err := os.Open(program)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := os.Create(file)
	if err != nil {
		return err
	}
	z := zip.NewWriter(to)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	entry, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := io.Copy(entry, from); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return to.Close()
}

func unpack(file, program string) (int64, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return 0, err
	}
	defer func() { _ = z.Close() }()
	entry := z.File[0]
	from, err := entry.Open()
	if err != nil {
		return 0, err
	}
	to, err := os.OpenFile(program, os.O_CREATE|os.O_WRONLY, entry.Mode())
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(to, from)
	if err != nil {
		return 0, err
	}
	return n, to.Close()
}
