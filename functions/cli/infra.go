package cli

import (
	"io"

	"github.com/spf13/cobra"

	"slipway/infra"
)

func (p *program) infra() *cobra.Command {
	return group("infra", "What Slipway needs on AWS", p.infraPrint())
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
