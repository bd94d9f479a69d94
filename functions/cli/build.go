package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/web/rest"
)

// buildFlags say where a package comes from.
type buildFlags struct {
	of      *cobra.Command
	told    pipelines.BuildInformation
	vcs     string
	commits string
}

var buildFlagNames = []string{"commit", "changeset", "branch", "repository", "vcs", "build-number", "build-url", "commits"}

func newBuildFlags(of *cobra.Command) *buildFlags {
	b, set := &buildFlags{of: of}, of.Flags()
	set.StringVar(&b.told.Commit, "commit", "", "the commit that the package was built from")
	set.StringVar(&b.told.Changeset, "changeset", "", "with --vcs tfvc: the number of the changeset")
	set.StringVar(&b.told.Branch, "branch", "", "the branch it was built from")
	set.StringVar(&b.told.Repository, "repository", "", "address of the repository, or the root of a TFVC workspace")
	set.StringVar(&b.vcs, "vcs", "", "kind of the repository: git, tfvc or other (default git)")
	set.StringVar(&b.told.BuildNumber, "build-number", "", "number of the build")
	set.StringVar(&b.told.BuildURL, "build-url", "", "address of the build's page")
	set.StringVar(&b.commits, "commits", "", "file with the commits since the build before, newest first (- for standard input): JSON, or lines of ID, tab, author, tab, message")
	return b
}

func (b *buildFlags) given() bool {
	for _, name := range buildFlagNames {
		if b.of.Flags().Changed(name) {
			return true
		}
	}
	return false
}

// largestCommits is more than a server takes.
const largestCommits = 4 << 20

// read is what the flags say, with the commits of the file.
func (b *buildFlags) read(stdin io.Reader) (pipelines.BuildInformation, error) {
	out := b.told
	out.Type = pipelines.VersionType(b.vcs)
	if b.commits == "" {
		return out, nil
	}
	in := stdin
	if b.commits != "-" {
		f, err := os.Open(b.commits)
		if err != nil {
			return out, pipelines.Refuse(pipelines.NotFound, "the commits cannot be read: %s", err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, largestCommits+1))
	if err != nil {
		return out, fmt.Errorf("read the commits: %w", err)
	}
	if len(text) > largestCommits {
		return out, pipelines.Refuse(pipelines.Invalid, "the commits make more than %s: send fewer of them", bytesOf(largestCommits))
	}
	out.Commits, err = commitsOf(text)
	return out, err
}

// commitsOf reads a list of commits: JSON as the API has it, or the lines of
// `git log --format='%H%x09%an%x09%s'`.
func commitsOf(text []byte) ([]pipelines.Commit, error) {
	text = bytes.TrimSpace(text)
	var out []pipelines.Commit
	if bytes.HasPrefix(text, []byte("[")) {
		if err := json.Unmarshal(text, &out); err != nil {
			return nil, pipelines.Refuse(pipelines.Invalid, `the commits are no JSON like [{"id": "4f1c9e2", "message": "…", "author": "…"}]: %s`, err)
		}
		return out, nil
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimRight(line, "\r\n"), "\t", 3)
		if strings.TrimSpace(fields[0]) == "" {
			continue
		}
		c := pipelines.Commit{ID: fields[0]}
		if len(fields) > 1 {
			c.Author = fields[1]
		}
		if len(fields) > 2 {
			c.Message = fields[2]
		}
		out = append(out, c)
	}
	return out, nil
}

// aboutFile is the build information for a package file, which is read to know
// its id and version.
func aboutFile(file string, told pipelines.BuildInformation) (pipelines.BuildInformation, error) {
	f, err := os.Open(file)
	if err != nil {
		return told, unreadablePackage(file, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return told, err
	}
	identity, err := packagefile.Identify(info.Name(), f, info.Size())
	told.Package, told.Version = identity.ID, identity.Version
	return told, err
}

func (p *program) buildInformation() *cobra.Command {
	c := verb("build-information PACKAGE VERSION", "Say, or show, which commit and build a package comes from", nil)
	c.Long = `Without flags, show what is known of where VERSION of PACKAGE comes from.

With flags, send it: for packages that come another way than by slipway push,
which takes the same flags. It may be sent before the package is there; what was
sent before is replaced.`
	flags := newBuildFlags(c)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		path := at("packages", args[0], args[1], "build-information")
		if !flags.given() {
			var known pipelines.BuildInformation
			if err := s.get(ctx, path, &known); err != nil {
				return err
			}
			return p.answer(known, func() { p.builtFrom(known) })
		}
		told, err := flags.read(p.stdin)
		if err != nil {
			return err
		}
		told.Package, told.Version = args[0], args[1]
		kept, err := s.sendBuild(ctx, told)
		if err != nil {
			return err
		}
		return p.answer(kept, func() {
			if kept.Existed {
				p.say("%s %s: known already", kept.Package, kept.Version)
				return
			}
			p.builtFrom(kept.BuildInformation)
		})
	})
	return c
}

func (c *client) sendBuild(ctx context.Context, told pipelines.BuildInformation) (rest.BuildInformation, error) {
	var kept rest.BuildInformation
	err := c.call(ctx, http.MethodPut, at("packages", told.Package, told.Version, "build-information"), told, &kept)
	return kept, err
}

// builtFrom prints where a package comes from, one fact a line.
func (p *program) builtFrom(b pipelines.BuildInformation) {
	p.say("%s %s", oneLine(b.Package), oneLine(b.Version))
	name := "commit"
	if b.Type == pipelines.TFVC {
		name = "changeset"
	}
	for _, one := range [][2]string{
		{name, b.Revision()}, {"branch", b.Branch}, {"repository", b.Repository},
		{"build", strings.TrimSpace(b.BuildNumber + " " + b.BuildURL)},
	} {
		if one[1] != "" {
			p.say("  %-10s  %s", one[0], oneLine(one[1]))
		}
	}
	for _, commit := range b.Commits {
		first, _, _ := strings.Cut(commit.Message, "\n")
		p.say("  %s  %s  %s", oneLine(b.ShortRevision(commit.ID)), oneLine(first), oneLine(commit.Author))
	}
	if b.LeftOut > 0 {
		p.say("  and %s that are not kept", counted(b.LeftOut, "commit"))
	}
}
