package requests

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/records"
)

// LargestPackage is how many bytes a package has at most where nothing else is
// said.
const LargestPackage = 2 << 30

// uploadLasts is how long an upload may take to begin.
const uploadLasts = time.Hour

// Announcement is a package file that somebody wants to send straight to the
// blob store.
type Announcement struct {
	FileName string `json:"fileName"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"` // lower-case hexadecimal
}

// Announced says how to go on with an announced file. With neither field the
// store takes nothing from strangers, and the file is sent to us.
type Announced struct {
	Received *Received     // its bytes were in the store already: there is nothing to send
	Send     *task.Request // what puts the bytes there; ReceiveSent is called after it
	Until    time.Time     // when Send ends
}

// AnnouncePackage gives leave to put a file into the blob store under its hash.
// Nothing is registered by it: an upload that is broken off leaves at most
// bytes that nobody names. Where an earlier try got as far as the bytes, the
// rest is done at once.
func (r *Requests) AnnouncePackage(ctx context.Context, p pipelines.Principal, a Announcement, most int64) (Announced, error) {
	if err := p.Demand(pipelines.BuiltInFeedPush, pipelines.Where{}); err != nil {
		return Announced{}, err
	}
	if err := a.check(most); err != nil {
		return Announced{}, err
	}
	signer, ok := r.Blobs.(blobs.Signer)
	if !ok {
		return Announced{}, nil
	}
	blob := records.PackageBlob(a.SHA256)
	_, there, err := r.stored(ctx, blob)
	if err != nil {
		return Announced{}, err
	}
	if there {
		received, err := r.ReceiveSent(ctx, p, a.FileName, a.SHA256, most)
		return Announced{Received: &received}, err
	}
	send, err := signer.SignPut(ctx, blob, a.SHA256, uploadLasts)
	return Announced{Send: &send, Until: r.Env.Now().Add(uploadLasts)}, err
}

func (a Announcement) check(most int64) error {
	if err := checkHash(a.SHA256); err != nil {
		return err
	}
	if a.Size <= 0 {
		return pipelines.Refuse(pipelines.Invalid, "package file %q: its `size` is to be told in bytes, and is more than 0", a.FileName)
	}
	if a.Size > most {
		return tooLarge(a.FileName, a.Size, most)
	}
	format, err := packagefile.FormatOf(a.FileName)
	if err == nil && format != packagefile.Nupkg { // only a nupkg says inside what it is
		_, _, _, err = packagefile.ParseName(a.FileName)
	}
	return err
}

func checkHash(sha256 string) error {
	if b, err := hex.DecodeString(sha256); err != nil || len(b) != 32 || strings.ToLower(sha256) != sha256 {
		return pipelines.Refuse(pipelines.Invalid, "the `sha256` of a package file is 64 digits of lower-case hexadecimal; got %.70q", sha256)
	}
	return nil
}

func tooLarge(fileName string, size, most int64) error {
	return pipelines.Refuse(pipelines.Invalid, "package file %q has %d bytes, at most %d are taken here: leave out what the hosts do not need, or split it", fileName, size, most)
}

// ReceiveSent is ReceivePackage for bytes that were put into the store by leave
// of AnnouncePackage.
//
// The bytes are not hashed again. That rests on this: whatever writes a blob
// below packages/ has its bytes checked against the hash in its name, be it by
// us before we put it or by the store itself, which refuses a signed request
// whose content has another SHA-256 than the signature demands.
func (r *Requests) ReceiveSent(ctx context.Context, p pipelines.Principal, fileName, sha256 string, most int64) (Received, error) {
	if err := p.Demand(pipelines.BuiltInFeedPush, pipelines.Where{}); err != nil {
		return Received{}, err
	}
	if err := checkHash(sha256); err != nil {
		return Received{}, err
	}
	blob := records.PackageBlob(sha256)
	info, there, err := r.stored(ctx, blob)
	if err != nil {
		return Received{}, err
	}
	if !there {
		return Received{}, pipelines.Refuse(pipelines.NotFound, "the bytes of %s (SHA-256 %s…) have not come in whole: send them first, by the request that POST /v1/packages/uploads answers", fileName, sha256[:12])
	}
	if info.Size > most {
		return Received{}, tooLarge(fileName, info.Size, most)
	}
	pkg, err := r.identify(p, fileName, blobReader(ctx, r.Blobs, blob, info.Size), info.Size)
	if err != nil {
		return Received{}, r.notTaken(ctx, p, fileName, err)
	}
	pkg.SHA256 = sha256
	out, err := r.register(ctx, p, pkg, func(string) error { return nil })
	if err != nil {
		return Received{}, r.notTaken(ctx, p, fileName, err)
	}
	return r.letKnow(ctx, p, out)
}

// stored looks for a blob without opening it.
func (r *Requests) stored(ctx context.Context, blob string) (blobs.Info, bool, error) {
	found, err := r.Blobs.List(ctx, blob, "", 1)
	if err != nil || len(found) == 0 || found[0].Name != blob {
		return blobs.Info{}, false, err
	}
	return found[0], true, nil
}
