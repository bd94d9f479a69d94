package feedserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

// largestPush bounds a package, since it is kept in memory.
const largestPush = 256 << 20

var errExists = errors.New("exists")

// push stores a package: a PUT to the root, or below it to choose a folder, with
// one form field called package. Who it is says the nuspec, never the address.
func (s *Server) push(w http.ResponseWriter, req *http.Request, folder string) {
	kind, options, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || options["boundary"] == "" {
		refuse(w, http.StatusUnsupportedMediaType, "Unsupported Media Type")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, largestPush))
	if err != nil {
		refuse(w, http.StatusBadRequest, "The package did not come whole.")
		return
	}
	nupkg, found := field(body, options["boundary"], "package")
	if !found {
		refuse(w, http.StatusBadRequest, "Unable to find 'package' field in request form data.")
		return
	}
	s.store(w, nupkg, folder)
}

// field is the content of a form's field. NuGet 2.8 writes a bare line feed in
// front of the last boundary, which Go's own reader of forms does not take for
// one.
func field(body []byte, boundary, name string) ([]byte, bool) {
	body = append([]byte("\n"), body...)
	for _, part := range bytes.Split(body, []byte("\n--"+boundary)) {
		head, content, found := bytes.Cut(part, []byte("\r\n\r\n"))
		if found && (bytes.Contains(head, []byte(`name="`+name+`"`)) || bytes.Contains(head, []byte("name="+name))) {
			return bytes.TrimSuffix(content, []byte("\r")), true
		}
	}
	return nil, false
}

func (s *Server) store(w http.ResponseWriter, nupkg []byte, folder string) {
	p, err := s.add(nupkg, s.options.Now(), s.options.MayOverwrite)
	file := strings.TrimPrefix(path.Join("/", folder, p.fileName()), "/")
	switch {
	case errors.Is(err, errExists):
		refuse(w, http.StatusConflict, "Package already exist: "+file)
	case err != nil:
		refuse(w, http.StatusBadRequest, err.Error())
	default:
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "Successfully published NuPkg to: %s", file)
	}
}

// remove deletes a version for good; Artifactory knows no unlisting.
func (s *Server) remove(w http.ResponseWriter, what string) {
	id, rest, _ := strings.Cut(what, "/")
	version, _, _ := strings.Cut(rest, "/")
	s.mu.Lock()
	before := len(s.packages)
	s.packages = slices.DeleteFunc(s.packages, func(p pkg) bool { return p.is(id, version) })
	after := len(s.packages)
	s.mu.Unlock()
	if after == before {
		refuse(w, http.StatusNotFound, fmt.Sprintf("Unable to find NuPkg '%s-%s' in '%s'", id, version, s.options.Repository))
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprintf(w, "Successfully removed '%s.%s.nupkg'", id, version)
}
