package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

func (p *program) push() *cobra.Command {
	c := verb("push FILE…", "Upload packages; projects that wait for them make releases", nil)
	follow := c.Flags().Bool("follow", false, "stream the log of the deployments that begin; the exit code is the outcome")
	build := newBuildFlags(c)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		told, err := build.read(p.stdin)
		if err != nil {
			return err
		}
		var begun []rest.Deployment
		for _, file := range args {
			if build.given() {
				// Before the package, so that what begins with it can show it.
				if err := s.tellBuild(ctx, file, told); err != nil {
					return err
				}
			}
			received, err := s.upload(ctx, file)
			if err != nil {
				return err
			}
			if err := p.answer(received, func() { p.received(received) }); err != nil {
				return err
			}
			begun = append(begun, received.Deployments...)
		}
		if !*follow {
			return nil
		}
		return p.followAll(ctx, s, begun)
	})
	return c
}

func (c *client) tellBuild(ctx context.Context, file string, told pipelines.BuildInformation) error {
	told, err := aboutFile(file, told)
	if err != nil {
		return err
	}
	_, err = c.sendBuild(ctx, told)
	return err
}

// followAll follows one deployment after the other; the first that did not
// succeed is the outcome.
func (p *program) followAll(ctx context.Context, s *client, begun []rest.Deployment) error {
	var first error
	for _, d := range begun {
		err := p.follow(ctx, s, d.ID)
		if _, ended := err.(exit); err != nil && !ended {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// upload sends a package as it lies on disk, without reading it into memory.
func (c *client) upload(ctx context.Context, file string) (rest.Received, error) {
	var out rest.Received
	f, err := os.Open(file)
	if err != nil {
		return out, unreadablePackage(file, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return out, err
	}
	if !info.Mode().IsRegular() {
		return out, pipelines.Refuse(pipelines.Invalid, "%s is no file: `slipway pack` makes a package of a folder", file)
	}
	answer, err := c.deliver(ctx, delivery{name: filepath.Base(file), content: f, size: info.Size()})
	if err != nil {
		return out, err
	}
	defer answer.Body.Close()
	return out, c.understand(answer, &out)
}

func unreadablePackage(file string, err error) error {
	if os.IsNotExist(err) {
		return pipelines.Refuse(pipelines.NotFound, "there is no file %s", file)
	}
	return err
}

func (p *program) received(r rest.Received) {
	known := ""
	if r.Existed {
		known = "  (was there already)"
	}
	p.say("%s %s  %s  sha256 %s%s", r.Package.ID, r.Package.Version, bytesOf(r.Package.Size), r.Package.SHA256, known)
	for _, number := range r.Releases {
		p.say("  release %s", number)
	}
	for _, problem := range r.Problems {
		p.say("  problem: %s", problem)
	}
	for _, why := range r.NotSent {
		p.say("  %s", why)
	}
	for _, d := range r.Deployments {
		p.sent(d)
	}
}

// sent is a deployment that a rule has made.
func (p *program) sent(d rest.Deployment) {
	p.say("  %s  %s %s to %s  %s", d.ID, oneLine(d.Project), d.Release, oneLine(d.Environment), d.Address)
}
