package feed

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/runner/requests"
)

// formAround is more than a form adds to the file in it.
const formAround = 1 << 20

// push takes a package in: as a form with one file, which is what clients send,
// or as the bytes alone.
//
// What was here already with the same bytes is answered like a new one: the
// oldest clients take nothing but 201 for success, and a build that runs twice
// has done nothing wrong.
func (f *Feed) push(w http.ResponseWriter, r *http.Request) {
	r.Body = &counted{ReadCloser: r.Body}
	got, err := f.pushed(r)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	pkg := got.Package
	words := pkg.ID + " " + pkg.Version + " is in the feed"
	if got.Existed {
		words += "; it was there already with the same bytes"
	}
	if notes := append(got.Problems, got.NotSent...); len(notes) > 0 {
		w.Header().Set("X-NuGet-Warning", oneLine(strings.Join(notes, "; "), 1000))
		words += "\n" + strings.Join(notes, "\n")
	}
	w.Header().Set("Location", f.at("packages", pkg.ID, pkg.Version))
	f.say(w, r, http.StatusCreated, words)
}

func (f *Feed) pushed(r *http.Request) (requests.Received, error) {
	if r.ContentLength > f.mostBytes()+formAround {
		return requests.Received{}, &http.MaxBytesError{Limit: f.mostBytes()} // before anything of it is read
	}
	from, name, err := file(r)
	if err != nil {
		return requests.Received{}, err
	}
	if ending := path.Ext(name); ending != "" && !strings.EqualFold(ending, ".nupkg") {
		return requests.Received{}, wrongKind(name, ending)
	}
	kept, err := os.CreateTemp(f.TempDir, "upload-*")
	if err != nil {
		return requests.Received{}, fmt.Errorf("keep a pushed package: %w", err)
	}
	_ = os.Remove(kept.Name()) // where the system lets an open file go, a crash leaves nothing behind
	defer os.Remove(kept.Name())
	defer kept.Close()
	size, err := io.Copy(&onDisk{kept, f.mostBytes(), f.mostBytes()}, from)
	if err != nil {
		return requests.Received{}, cutShort(err)
	}
	// What it is called says nothing: clients send `package.nupkg`. The nuspec counts.
	return f.Requests.ReceivePackage(r.Context(), f.SignIn.Principal(r), requests.Upload{FileName: "package.nupkg", Content: kept, Size: size})
}

// file finds the package in what was sent, and what it is called, if anything.
func file(r *http.Request) (io.Reader, string, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return r.Body, "", nil
	}
	form, err := formOf(r)
	if err != nil {
		return nil, "", pipelines.Refuse(pipelines.Invalid, "the form cannot be read (%s): push the package as multipart/form-data with one file, or its bytes alone", err)
	}
	from, name, err := form.file()
	if err != nil && pipelines.CodeOf(err) == "" {
		err = cutShort(err)
	}
	return from, name, err
}

func wrongKind(name, ending string) error {
	if strings.EqualFold(ending, ".snupkg") {
		_, err := packagefile.FormatOf(name)
		return err
	}
	return pipelines.Refuse(pipelines.Invalid, "%q is no NuGet package: this address takes .nupkg files; push other packages with `slipway push`", name)
}

// onDisk bounds what is written, and marks the errors of our own disk among
// those of the connection.
type onDisk struct {
	file       *os.File
	left, most int64
}

func (d *onDisk) Write(b []byte) (int, error) {
	if int64(len(b)) > d.left {
		return 0, &http.MaxBytesError{Limit: d.most}
	}
	d.left -= int64(len(b))
	n, err := d.file.Write(b)
	if err != nil {
		err = &diskError{err}
	}
	return n, err
}

type diskError struct{ error }

func (e *diskError) Unwrap() error { return e.error }

// cutShort is the error of a push that did not come in whole.
func cutShort(err error) error {
	if _, ok := errors.AsType[*diskError](err); ok {
		return fmt.Errorf("keep a pushed package: %w", err)
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	return pipelines.Refuse(pipelines.Invalid, "the package did not come in whole (%s): push it again", err)
}
