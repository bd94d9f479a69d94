package cli

import (
	"net/http"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) user() *cobra.Command {
	return group("user", "Set passwords", p.userPassword())
}

func (p *program) userPassword() *cobra.Command {
	c := verb("password NAME", "Set a user's password", nil)
	stdin := c.Flags().Bool("password-stdin", false, "read the password from stdin")
	c.RunE = func(c *cobra.Command, args []string) error {
		if !*stdin && !isTerminal(p.stdin) {
			return misuse(c, "--password-stdin is missing")
		}
		s, err := p.server()
		if err != nil {
			return err
		}
		password, err := p.secretValue("New password for " + args[0])
		if err != nil {
			return err
		}
		in := rest.Password{Password: password}
		if err := s.call(c.Context(), http.MethodPut, at("users", args[0], "password"), in, nil); err != nil {
			return err
		}
		return p.answer(struct {
			User string `json:"user"`
		}{args[0]}, func() { p.say("%s has a new password", args[0]) })
	}
	return c
}
