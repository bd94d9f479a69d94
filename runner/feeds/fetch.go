package feeds

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// largestPackage is what the built-in feed takes, too.
const largestPackage int64 = 2 << 30

// errStalled is why a package ended of which no bytes came any more.
var errStalled = errors.New("the bytes stopped")

// parcel is a package on its way: what it is called in errors, what was promised
// of it, and who else said something of its size.
type parcel struct {
	name     string // like RandomQuotes 1.0.42
	fileName string
	promise  promise
	declared int64 // Content-Length or the store's listing; 0: not said
}

// download fetches the bytes from an address.
func (c *client) download(ctx context.Context, at *url.URL, p parcel, to io.Writer) (Fetched, error) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	watch := time.AfterFunc(c.limits.stall, func() { end(errStalled) })
	defer watch.Stop()

	resp, err := c.open(ctx, at)
	if err == errNotThere {
		return Fetched{}, c.refuse("lists %s but has no file for it (404 at %s); push the package again", p.name, shown(at))
	}
	if err != nil {
		return Fetched{}, err
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") {
		return Fetched{}, c.html(resp.Request.URL)
	}
	p.declared = max(resp.ContentLength, 0)
	if sum := resp.Header.Get("X-Checksum-Sha256"); p.promise.hash == "" && sum != "" { // Artifactory's
		p.promise.algorithm, p.promise.hash = "SHA256", sum
	}
	body := flowing{resp.Body, func() { watch.Reset(c.limits.stall) }}
	got, err := p.receive(body, to)
	if read, ok := errors.AsType[readError](err); ok {
		return Fetched{}, c.trouble(ctx, at, read.error)
	}
	if _, ok := errors.AsType[writeError](err); ok {
		return Fetched{}, err
	}
	if err != nil {
		return Fetched{}, c.refuse("%s: %v", p.name, err)
	}
	return got, nil
}

// open asks for the bytes; a server that hangs up before the first is asked
// once more.
func (c *client) open(ctx context.Context, at *url.URL) (*http.Response, error) {
	const anything = "*/*"
	resp, err := c.get(ctx, at, anything)
	if wasReset(err) && ctx.Err() == nil {
		resp, err = c.get(ctx, at, anything)
	}
	if err != nil {
		return nil, c.trouble(ctx, at, err)
	}
	if err := c.checkStatus(resp); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// flowing tells the watch of every read that brought something.
type flowing struct {
	io.Reader
	flows func()
}

func (f flowing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if n > 0 {
		f.flows()
	}
	return n, err
}

// readError is trouble with the connection and writeError trouble of our own;
// all else is about what the feed said of the bytes.
type (
	readError  struct{ error }
	writeError struct{ error }
)

func (e writeError) Unwrap() error { return e.error }

// notAsPromised is about bytes that are not what the feed said of them.
func notAsPromised(format string, args ...any) error {
	return fmt.Errorf(format+"; nothing was kept: fetch it again, and if it stays so, put that version into the feed anew", args...)
}

// receive writes the bytes and holds them against the promises, as they come: a
// feed without an end must not fill the disk first.
func (p parcel) receive(from io.Reader, to io.Writer) (Fetched, error) {
	proof, err := p.promise.proof()
	if err != nil {
		return Fetched{}, err
	}
	if p.declared > 0 && p.promise.size > 0 && p.declared != p.promise.size {
		return Fetched{}, notAsPromised("the feed promised %d bytes and sends %d", p.promise.size, p.declared)
	}
	limit := largestPackage
	if said := max(p.promise.size, p.declared); said > limit {
		return Fetched{}, fmt.Errorf("it has %d bytes; a package may have %d", said, limit)
	} else if said > 0 {
		limit = said
	}
	sum := sha256.New()
	size, err := p.copy(from, to, limit, sum, proof)
	if err != nil {
		return Fetched{}, err
	}
	if p.promise.size > 0 && size != p.promise.size {
		return Fetched{}, notAsPromised("the feed promised %d bytes and sent only %d", p.promise.size, size)
	}
	if err := proof.broken(); err != nil {
		return Fetched{}, err
	}
	return Fetched{p.fileName, hex.EncodeToString(sum.Sum(nil)), size}, nil
}

func (p parcel) copy(from io.Reader, to io.Writer, limit int64, sum hash.Hash, proof *proof) (int64, error) {
	buffer := make([]byte, 128<<10)
	var size int64
	for {
		n, err := from.Read(buffer)
		if size += int64(n); size > limit {
			return size, p.tooLong(limit)
		}
		sum.Write(buffer[:n])
		if proof != nil {
			proof.Write(buffer[:n])
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return size, writeError{fmt.Errorf("keep package %s: %w", p.name, err)}
		}
		switch {
		case errors.Is(err, io.EOF) && size >= p.declared:
			return size, nil
		case errors.Is(err, io.ErrUnexpectedEOF), wasReset(err):
			return size, fmt.Errorf("the bytes broke off after %d of %s", size, p.length())
		case err != nil:
			return size, readError{err}
		}
	}
}

func (p parcel) tooLong(limit int64) error {
	if limit == largestPackage {
		return fmt.Errorf("it has more than %d bytes, which no package may have", limit)
	}
	return notAsPromised("the feed promised %d bytes and sends more", limit)
}

func (p parcel) length() string {
	if said := max(p.promise.size, p.declared); said > 0 {
		return fmt.Sprint(said)
	}
	return "an unknown number"
}
