package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"slipway/infra"
	"slipway/pipelines"
	"slipway/runner/executor/carried"
)

func (p *program) infra() *cobra.Command {
	return group("infra", "What Slipway needs on AWS", p.infraPrint(), p.infraExecutors())
}

// infraPrint gives the template of this very version, for those who deploy it
// by means of their own.
func (p *program) infraPrint() *cobra.Command {
	c := verb("print", "Print the CloudFormation template", func(*cobra.Command, []string) error {
		out := struct {
			Template string `json:"template"`
		}{string(infra.Template())}
		return p.answer(out, func() { _, _ = io.WriteString(p.stdout, out.Template) })
	})
	c.Long = `Print the CloudFormation template of the stack on AWS, as this version needs it.

It is plain CloudFormation, without transform and macros, so it can be deployed
by whatever you deploy with. The parameters CodeBucket and CodeKey name the zip
that ` + "`make zip`" + ` builds; ` + "`make deploy`" + ` does all of it.`
	return c
}

// hostProgram is one program for hosts, as the bucket takes it.
type hostProgram struct {
	Platform string `json:"platform"`
	File     string `json:"file"`
	SHA256   string `json:"sha256"` // of the program, not of the file it is packed in
	Size     int64  `json:"size"`
}

// infraExecutors gives the programs that the functions do not carry.
func (p *program) infraExecutors() *cobra.Command {
	c := verb("executors DIR", "Write the programs for hosts, as they lie in the stack's bucket", func(_ *cobra.Command, args []string) error {
		all, err := writeExecutors(args[0])
		if err != nil {
			return err
		}
		return p.answer(all, func() {
			for _, w := range all {
				p.say("%s  %s  %s", w.File, bytesOf(w.Size), w.Platform)
			}
		})
	})
	c.Long = `Write the programs for hosts, which this build carries, to files named by their
hash. The functions on AWS do not carry them: they read them in the stack's
bucket, below store/executors/. ` + "`make deploy`" + ` puts them there; without it:

  slipway infra executors DIR
  aws s3 cp --recursive DIR s3://BUCKET/store/executors/

Leave older ones where they are: a deployment that runs may need them.`
	return c
}

func writeExecutors(dir string) ([]hostProgram, error) {
	platforms := carried.Platforms()
	if len(platforms) == 0 {
		return nil, pipelines.Refuse(pipelines.NotFound, "this slipway carries no programs for hosts: build it with `make build`, or use a release build")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var all []hostProgram
	for _, platform := range platforms {
		goos, arch, _ := strings.Cut(platform, "-")
		hash, packed, err := carried.Packed(goos, arch)
		if err != nil {
			return nil, pipelines.Refuse(pipelines.Invalid, "%v", err)
		}
		file := filepath.Join(dir, hash+".gz")
		if err := os.WriteFile(file, packed, 0o644); err != nil {
			return nil, fmt.Errorf("write the program for %s: %w", platform, err)
		}
		all = append(all, hostProgram{platform, file, hash, int64(len(packed))})
	}
	return all, nil
}
