package feed

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"slipway/pipelines/packagefile"
	"slipway/runner/blobs"
	"slipway/runner/records"
)

// linkLife is how long a signed address of a package may be used.
const linkLife = 15 * time.Minute

// download sends a package.
func (f *Feed) download(w http.ResponseWriter, r *http.Request) {
	one, err := f.find(r.Context(), f.SignIn.Principal(r), r.PathValue("id"), r.PathValue("version"))
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	f.sendPackage(w, r, one)
}

// sendPackage leads to the store where that can be reached without us, since
// what we may answer with ourselves can be less than a package; HEAD is
// answered here, for which such addresses are not good.
func (f *Feed) sendPackage(w http.ResponseWriter, r *http.Request, one item) {
	blob := records.PackageBlob(one.SHA256)
	if store, ok := f.Blobs.(blobs.Signer); ok && r.Method == http.MethodGet {
		at, err := store.SignGet(r.Context(), blob, linkLife)
		if err != nil {
			f.refuse(w, r, err)
			return
		}
		http.Redirect(w, r, at.URL, http.StatusFound)
		return
	}
	content := f.contentOf(r, one)
	defer content.close()
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": packagefile.FileName(one.ID, one.Version, packagefile.Nupkg)}))
	h.Set("ETag", `"`+one.SHA256+`"`)
	http.ServeContent(w, r, "", one.Arrived, content)
}

func (f *Feed) contentOf(r *http.Request, one item) *content {
	return &content{ctx: r.Context(), store: f.Blobs, name: records.PackageBlob(one.SHA256), size: one.Size}
}

// content reads a blob from wherever it is told to; it opens it when it is read.
type content struct {
	ctx   context.Context
	store blobs.Blobs
	name  string
	size  int64
	at    int64
	open  io.ReadCloser
}

// Read is io.Reader's.
func (c *content) Read(p []byte) (int, error) {
	if c.open == nil {
		open, err := c.store.GetRange(c.ctx, c.name, c.at, -1)
		if err != nil {
			return 0, err
		}
		c.open = open
	}
	n, err := c.open.Read(p)
	c.at += int64(n)
	return n, err
}

// Seek is io.Seeker's.
func (c *content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return 0, errors.New("before the beginning")
	}
	if offset != c.at {
		c.close()
	}
	c.at = offset
	return offset, nil
}

// ReadAt is io.ReaderAt's.
func (c *content) ReadAt(p []byte, off int64) (int, error) {
	part, err := c.store.GetRange(c.ctx, c.name, off, int64(len(p)))
	if err != nil {
		return 0, err
	}
	defer part.Close()
	n, err := io.ReadFull(part, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

func (c *content) close() {
	if c.open != nil {
		_ = c.open.Close()
		c.open = nil
	}
}
