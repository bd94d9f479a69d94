package requests

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/plan"
	"slipway/pipelines/steps"
	"slipway/runner/blobs"
	"slipway/runner/records"
)

// Upload is a package file that has come in whole.
type Upload struct {
	FileName string
	Content  io.ReaderAt
	Size     int64
}

// Received says what became of an upload.
type Received struct {
	Package     pipelines.Package      `json:"package"`
	Existed     bool                   `json:"existed"` // the same bytes were here already
	Releases    []pipelines.Release    `json:"-"`
	Deployments []pipelines.Deployment `json:"deployments,omitempty"`
	// NotSent says where a rule would have deployed one of them, and why it did not.
	NotSent []string `json:"notSent,omitempty"`
	// Problems say which waiting projects could make no release, and why. The
	// package is registered all the same.
	Problems []string `json:"problems,omitempty"`

	problemsOf []string          // the project of each, by name
	notSentTo  []pipelines.Where // of each of NotSent
}

// ReceivePackage registers a package and lets the projects that wait for it
// make releases. The same bytes again are harmless: what a crash left undone
// the first time is done then. The same version with other bytes is refused.
func (r *Requests) ReceivePackage(ctx context.Context, p pipelines.Principal, up Upload) (Received, error) {
	if err := p.Demand(pipelines.BuiltInFeedPush, pipelines.Where{}); err != nil {
		return Received{}, err
	}
	pkg, err := r.identify(p, up.FileName, up.Content, up.Size)
	if err != nil {
		return Received{}, r.notTaken(ctx, p, up.FileName, err)
	}
	if pkg.SHA256, err = hashOf(up.Content, up.Size); err != nil {
		return Received{}, err
	}
	out, err := r.register(ctx, p, pkg, func(blob string) error {
		_, err := r.Blobs.Put(ctx, blob, io.NewSectionReader(up.Content, 0, up.Size))
		return err
	})
	if err != nil {
		return Received{}, r.notTaken(ctx, p, up.FileName, err)
	}
	return r.letKnow(ctx, p, out)
}

// identify reads what a file is and notes who brought it; its hash is left open.
func (r *Requests) identify(p pipelines.Principal, fileName string, content io.ReaderAt, size int64) (pipelines.Package, error) {
	identity, err := packagefile.Identify(fileName, content, size)
	if remote, ok := content.(*readAhead); ok && remote.trouble() != nil {
		return pipelines.Package{}, remote.trouble()
	}
	if err != nil {
		return pipelines.Package{}, err
	}
	return pipelines.Package{
		ID: identity.ID, Version: identity.Version, FileName: identity.ID + "." + identity.Version + "." + identity.Format, Format: identity.Format,
		Size: size, Entries: identity.Entries,
		Notes: identity.ReleaseNotes, Arrived: r.Env.Now(), ArrivedBy: p.Called, ArrivedVia: p.Via,
	}, nil
}

func hashOf(content io.ReaderAt, size int64) (string, error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(content, 0, size)); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// receive is what follows for a package, whatever way its bytes came; keep puts
// them into the store under a name, where that is still to be done.
func (r *Requests) receive(ctx context.Context, p pipelines.Principal, pkg pipelines.Package, keep func(blob string) error) (Received, error) {
	out, err := r.register(ctx, p, pkg, keep)
	if err != nil {
		return Received{}, err
	}
	return r.letKnow(ctx, p, out)
}

// letKnow lets the projects know that wait for a package.
func (r *Requests) letKnow(ctx context.Context, p pipelines.Principal, out Received) (Received, error) {
	by := starter{Principal: pipelines.System("trigger: package " + out.Package.ID + " pushed by " + p.Username), automatic: true, cause: causeOf(p)}
	out, err := r.trigger(ctx, by, out)
	return out.heardBy(p), err
}

func (r *Requests) register(ctx context.Context, p pipelines.Principal, pkg pipelines.Package, keep func(blob string) error) (Received, error) {
	known, there, err := r.Records.Package(ctx, pkg.ID, pkg.Version)
	if err != nil {
		return Received{}, err
	}
	if !there {
		if err := keep(records.PackageBlob(pkg.SHA256)); err != nil && !errors.Is(err, blobs.ErrExists) {
			return Received{}, err
		}
		entry := r.audit(p, "PackagePushed", auditlog.PackageSubject(pkg.ID), "pushed "+pkg.ID+" "+pkg.Version+" ("+pkg.SHA256+")")
		entry.Details = packageDetails(pkg)
		err := r.Records.Tell(ctx, []pipelines.Event{entry}, records.AddPackage(pkg)...)
		if err == nil {
			return Received{Package: pkg}, nil
		}
		if !records.Conflict(err) {
			return Received{}, err
		}
		if known, _, err = r.Records.Package(ctx, pkg.ID, pkg.Version); err != nil {
			return Received{}, err
		}
	}
	if known.SHA256 != pkg.SHA256 {
		return Received{}, pipelines.Refuse(pipelines.Conflict,
			"package %s %s is here already with other bytes (SHA-256 %s…, this file has %s…): a version never changes, give the new build a new version",
			known.ID, known.Version, known.SHA256[:12], pkg.SHA256[:12])
	}
	return Received{Package: known, Existed: true}, nil
}

// packageDetails are what an entry says of a package.
func packageDetails(pkg pipelines.Package) map[string]string {
	return map[string]string{"package": pkg.ID, "version": pkg.Version, "feed": cmp.Or(pkg.Feed, pipelines.BuiltInFeed), "sha256": pkg.SHA256}
}

// trigger makes the releases that projects want of a new version, and their
// first deployments, where that has not happened yet. A feed that cannot be asked
// now keeps a project from its release for now only: that is an error once the
// others have theirs, if the news comes again by itself.
func (r *Requests) trigger(ctx context.Context, by starter, in Received) (Received, error) {
	projects, err := r.Records.Projects(ctx)
	if err != nil {
		return in, err
	}
	var later error
	for _, project := range projects {
		at, waits := project.TriggerFor(in.Package.ID, in.Package.Feed)
		if !waits || in.Package.Feed == "" && r.takesElsewhere(project, in.Package.ID) {
			continue
		}
		by.trigger = triggerAt(project, at)
		release, made, err := r.releaseOf(ctx, by.Principal, project, in.Package)
		if in.Package.Feed != "" && pipelines.CodeOf(err) == pipelines.Unavailable {
			later = err
			continue
		}
		if refusal, ok := errors.AsType[*pipelines.Error](err); ok {
			problem := project.Name + " makes no release of it: " + refusal.Message
			in.Problems, in.problemsOf = append(in.Problems, problem), append(in.problemsOf, project.Name)
			message := in.Package.ID + " " + in.Package.Version + ": " + problem
			entry := r.audit(by.Principal, "ReleaseNotCreated", project.ID, message)
			entry.Project = project.ID
			if err := r.Records.Tell(ctx, []pipelines.Event{entry}); err != nil {
				return in, err
			}
			continue
		}
		if err != nil {
			return in, err
		}
		if made {
			in.Releases = append(in.Releases, release)
		}
		followed, err := r.deployFirst(ctx, by, project, release)
		in.Deployments = append(in.Deployments, followed.Deployments...)
		in.NotSent, in.notSentTo = append(in.NotSent, followed.NotSent...), append(in.notSentTo, followed.notSentTo...)
		if err != nil {
			return in, err
		}
	}
	return in, later
}

// takesElsewhere says that a project takes the package from feeds only: what is
// pushed to us is then another package of that name.
func (r *Requests) takesElsewhere(project pipelines.Project, packageID string) bool {
	elsewhere := false
	for _, one := range steps.Installs(r.Types, project.Steps) {
		if !pipelines.SameName(one.Package, packageID) {
			continue
		}
		if one.Feed == "" {
			return false
		}
		elsewhere = true
	}
	return elsewhere
}

// triggerAt is one of the project's triggers. They have no names, so it is called
// by what it waits for, and numbered as they stand.
func triggerAt(project pipelines.Project, at int) plan.Trigger {
	t := project.Triggers[at]
	name := "Package " + t.Package
	if t.Feed != "" {
		name += " of " + t.Feed
	}
	return plan.Trigger{ID: fmt.Sprintf("Triggers-%d", at+1), Name: name}
}

// releaseOf finds or makes the release of a package version. It goes into the
// first channel, as they stand in the project, whose rules accept the version:
// so a narrow channel stands before the wide one, and what no channel accepts
// makes no release. Whoever pushed it has named the version, so a pre-release
// needs no rule that asks for it; of other packages the channel's proposals are
// taken.
func (r *Requests) releaseOf(ctx context.Context, by pipelines.Principal, project pipelines.Project, pkg pipelines.Package) (pipelines.Release, bool, error) {
	number := pkg.Version
	if free, err := r.free(ctx, project, number); err != nil {
		return pipelines.Release{}, false, err
	} else if !free {
		number = "" // one is proposed
	}
	// This comes after: who took the number a moment ago may have heard the same.
	if release, there, err := r.releaseWith(ctx, project, pkg); there || err != nil {
		return release, false, err
	}
	channel, err := project.ChannelTaking([]pipelines.Selected{{Package: pkg.ID, Version: pkg.Version}})
	if err != nil {
		return pipelines.Release{}, false, err
	}
	release, err := r.createRelease(ctx, by, ReleaseRequest{
		Project: project.ID, Channel: channel.Name, Number: number, Notes: pkg.Notes,
		Packages: map[string]string{cmp.Or(pkg.Feed, pipelines.BuiltInFeed) + "/" + pkg.ID: pkg.Version},
	}, 1)
	if pipelines.CodeOf(err) != pipelines.Conflict {
		return release, err == nil, err
	}
	if release, there, again := r.releaseWith(ctx, project, pkg); there || again != nil {
		return release, false, again // somebody else has heard the same, and was faster
	}
	return pipelines.Release{}, false, err
}

// usesAtOnce is how many releases with a package version are looked through at
// once for that of one project. Most versions are in a few.
const usesAtOnce = 50

// releaseWith finds the newest release of a project that installs a version of a
// package.
func (r *Requests) releaseWith(ctx context.Context, project pipelines.Project, pkg pipelines.Package) (pipelines.Release, bool, error) {
	for before, more := "", true; more; {
		var uses []records.Use
		var err error
		if uses, more, err = r.Records.Uses(ctx, pkg.FeedID, pkg.ID, pkg.Version, before, usesAtOnce); err != nil {
			return pipelines.Release{}, false, err
		}
		for _, u := range uses {
			if before = u.ReleaseID(); u.ProjectID == project.ID {
				release, err := r.Records.Release(ctx, u.ReleaseID())
				return release, true, err
			}
		}
	}
	return pipelines.Release{}, false, nil
}
