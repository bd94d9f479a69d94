package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/web/rest"
)

// packages are the newest versions of all packages.
func (a *API) packages(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.Packages(r.Context(), p)
	return list(all), err
}

// packageVersions are all versions of one package, newest first, and where they
// run.
func (a *API) packageVersions(r *http.Request, p pipelines.Principal) (any, error) {
	all, err := a.Views.PackageVersions(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	live, err := a.Views.Installed(r.Context(), p, all[0].ID)
	if err != nil {
		return nil, err
	}
	out := make([]rest.PackageVersion, len(all))
	for i, one := range all {
		out[i].Package = one
		for _, d := range live {
			if one.In(d) {
				out[i].Deployed = append(out[i].Deployed, rest.DeployedAt{Project: d.Project, Environment: d.Environment, Deployment: d.ID})
			}
		}
	}
	return out, nil
}

// putPackage takes the file as the body.
func (a *API) putPackage(r *http.Request, p pipelines.Principal) (any, error) {
	return a.receive(r, p, r.PathValue("file"), r.Body)
}

// postPackage takes the first file of a form.
func (a *API) postPackage(r *http.Request, p pipelines.Principal) (any, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, pipelines.Refuse(pipelines.Invalid, "a package is posted as multipart/form-data with one file; its bytes alone are taken by PUT /v1/packages/NAME.1.0.0.nupkg")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, pipelines.Refuse(pipelines.Invalid, "no part of the form is a file: one needs a file name, like RandomQuotes.1.0.0.nupkg")
		}
		if err != nil {
			return nil, cutShort(err)
		}
		if name := part.FileName(); name != "" {
			return a.receive(r, p, name, part)
		}
	}
}

// receive keeps the upload in a file until it is whole: whether it is a
// package shows at its end, and memory is no place for 2 GiB.
func (a *API) receive(r *http.Request, p pipelines.Principal, name string, from io.Reader) (any, error) {
	file, err := os.CreateTemp(a.TempDir, "upload-*")
	if err != nil {
		return nil, fmt.Errorf("keep the upload of %s: %w", name, err)
	}
	_ = os.Remove(file.Name()) // where the system lets an open file go, a crash leaves nothing behind
	defer os.Remove(file.Name())
	defer file.Close()
	size, err := io.Copy(onDisk{file}, from)
	if err != nil {
		return nil, cutShort(err)
	}
	got, err := a.Requests.ReceivePackage(r.Context(), p, requests.Upload{FileName: name, Content: file, Size: size})
	return a.receivedOf(got), err
}

func (a *API) receivedOf(got requests.Received) rest.Received {
	out := rest.Received{Package: got.Package, Existed: got.Existed, Problems: got.Problems, NotSent: got.NotSent}
	for _, release := range got.Releases {
		out.Releases = append(out.Releases, release.Number)
	}
	out.Deployments = a.deploymentsOf(got.Deployments)
	return out
}

func (a *API) deploymentsOf(all []pipelines.Deployment) []rest.Deployment {
	var out []rest.Deployment
	for _, d := range all {
		out = append(out, a.deploymentOf(d))
	}
	return out
}

// onDisk marks the errors of our own disk among those of the connection.
type onDisk struct{ file *os.File }

func (d onDisk) Write(b []byte) (int, error) {
	n, err := d.file.Write(b)
	if err != nil {
		err = &diskError{err}
	}
	return n, err
}

type diskError struct{ error }

func (e *diskError) Unwrap() error { return e.error }

// cutShort is the error of an upload that did not come in whole.
func cutShort(err error) error {
	if _, ok := errors.AsType[*diskError](err); ok {
		return fmt.Errorf("keep an upload: %w", err)
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	return pipelines.Refuse(pipelines.Invalid, "the upload did not come in whole (%s): send it again", err)
}
