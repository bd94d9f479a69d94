package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"sync"
	"time"

	"slipway/web/pages"
)

// staticFile is one asset as it is sent, plain and compressed.
type staticFile struct {
	kind          string
	print         string // of its bytes
	plain, packed []byte
}

// staticFiles are compressed once, when the first of them is asked for.
var staticFiles = sync.OnceValue(func() map[string]staticFile {
	out := map[string]staticFile{}
	files := pages.Static()
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	for _, e := range entries {
		plain, err := fs.ReadFile(files, e.Name())
		if err != nil {
			panic(err)
		}
		out[e.Name()] = staticFile{mime.TypeByExtension(path.Ext(e.Name())), pages.Fingerprint(e.Name()), plain, smallest(plain)}
	}
	return out
})

func smallest(plain []byte) []byte {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, _ = z.Write(plain) // a buffer takes everything
		err = z.Close()
	}
	if err != nil || out.Len() >= len(plain) {
		return nil
	}
	return out.Bytes()
}

// static serves the assets. Pages name them with their fingerprint: such an
// answer may be kept for good. Under any other address it is asked for again.
func (s *site) static(w http.ResponseWriter, r *http.Request) {
	file, there := staticFiles()[r.PathValue("file")]
	if !there {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == file.print {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", file.kind)
	h.Set("ETag", `"`+file.print+`"`)
	variesByEncoding(h)
	body := file.plain
	if file.packed != nil && r.Header.Get("Range") == "" && takesGzip(r) {
		body = file.packed
		h.Set("ETag", `"`+file.print+`-gzip"`)
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
