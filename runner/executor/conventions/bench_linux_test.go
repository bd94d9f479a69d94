package conventions

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipway/pipelines/task"
)

// way is one way to get the package onto the disk, with what it cost.
type way struct {
	name            string
	do              func(packed, dir string) error
	wall, processor []time.Duration
}

// BenchmarkUnpackAndTransform is the whole way of a package of 5,000 files:
// its hash, unpacking, reaching the disk and all file conventions, beside
// programs that do nothing but unpack. The ways take turns, so that what else
// the machine does burdens them alike; the ratios are medians over the turns.
func BenchmarkUnpackAndTransform(b *testing.B) {
	for _, of := range []struct {
		name string
		size int
	}{{"50MB-unpacked", 50 << 20}, {"50MB-packed", 112 << 20}} {
		b.Run(of.name, func(b *testing.B) {
			app := newWebApp()
			app.compare(b, app.nupkg(b, 5000, of.size))
		})
	}
}

func (w *webApp) compare(b *testing.B, packed []byte) {
	dir, sum := b.TempDir(), sha256.Sum256(packed)
	file := filepath.Join(dir, hex.EncodeToString(sum[:]))
	if err := os.WriteFile(file, packed, 0o644); err != nil {
		b.Fatal(err)
	}
	ways := []*way{
		{name: "ours", do: func(file, dir string) error { return w.deploy(b, file, int64(len(packed)), dir) }},
		{name: "zip1", do: func(file, dir string) error { return plainly(file, dir, 1) }},
		{name: "zip2", do: func(file, dir string) error { return plainly(file, dir, 2) }},
	}
	if unzip, err := exec.LookPath("unzip"); err == nil {
		ways = append(ways, &way{name: "unzip", do: func(file, dir string) error { return exec.Command(unzip, "-q", file, "-d", dir).Run() }})
	}
	for turn := 0; b.Loop(); turn++ {
		for i := range ways {
			ways[(turn+i)%len(ways)].measure(b, file, filepath.Join(dir, "there"))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(packed))/(1<<20), "MB")
	for _, w := range ways {
		b.ReportMetric(median(w.wall).Seconds()*1000, w.name+"-ms")
		b.ReportMetric(median(w.processor).Seconds()*1000, w.name+"-cpu-ms")
		b.ReportMetric(100*ratio(w.wall, ways[0].wall), "%-of-"+w.name)
		b.ReportMetric(100*ratio(w.processor, ways[0].processor), "%-cpu-of-"+w.name)
	}
}

// measure leaves no unwritten pages for whoever comes next.
func (w *way) measure(b *testing.B, packed, dir string) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	syscall.Sync()
	processor, start := processorTime(), time.Now()
	err := w.do(packed, dir)
	w.wall, w.processor = append(w.wall, time.Since(start)), append(w.processor, processorTime()-processor)
	if err != nil {
		b.Fatalf("%s: %v", w.name, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		b.Fatal(err)
	}
}

// processorTime is what this process and those it waited for have used.
func processorTime() time.Duration {
	var sum int64
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err == nil {
			sum += u.Utime.Nano() + u.Stime.Nano()
		}
	}
	return time.Duration(sum)
}

// ratio is how fast the second is, as a part of the first.
func ratio(baseline, ours []time.Duration) float64 {
	var all []float64
	for i := range ours {
		all = append(all, float64(baseline[i])/float64(ours[i]))
	}
	return median(all)
}

func median[T float64 | time.Duration](all []T) T {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// deploy is an attempt with nothing to run besides the file conventions.
func (w *webApp) deploy(b *testing.B, file string, size int64, dir string) error {
	host := newBench(b, nil)
	w.asked(host)
	p := host.job.Order.Package
	p.FileName, p.SHA256, p.Size = "Shop.1.0.0.nupkg", filepath.Base(file), size
	host.job.Packages, host.job.Applications = filepath.Dir(file), dir
	settings, err := json.Marshal(host.want)
	if err != nil {
		return err
	}
	host.job.Order.Work = task.Work{Kind: task.KindPackage, Settings: settings}
	done, err := Perform(b.Context(), host.job)
	if err != nil {
		return err
	}
	config, err := os.ReadFile(filepath.Join(done.Installed.Directory, "Web.config"))
	for _, want := range []string{`value="released"`, `value="value 3 for Prod"`, `url="https://shop.example"`, "aVerySecretWord"} {
		if !strings.Contains(string(config), want) {
			b.Fatalf("Web.config of %d bytes has no %s: %v", len(config), want, err)
		}
	}
	return err
}

// plainly unpacks as anybody would, without any check.
func plainly(packed, dir string, workers int) error {
	z, err := zip.OpenReader(packed)
	if err != nil {
		return err
	}
	defer z.Close()
	next, failed := make(chan *zip.File), make(chan error, len(z.File))
	var busy sync.WaitGroup
	for range workers {
		busy.Go(func() {
			for f := range next {
				if err := extract(f, filepath.Join(dir, f.Name)); err != nil {
					failed <- err
				}
			}
		})
	}
	for _, f := range z.File {
		next <- f
	}
	close(next)
	busy.Wait()
	close(failed)
	return <-failed
}

func extract(f *zip.File, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if closing := to.Close(); err == nil {
		err = closing
	}
	return err
}
