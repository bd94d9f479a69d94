package cli

import (
	"context"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"slipway/web/pages"
)

func (p *program) open() *cobra.Command {
	c := verb("open [PROJECT|DEPLOYMENT]", "Print the address of a page, and open it where there is a browser", nil)
	c.RunE = p.asking(func(ctx context.Context, s *client, args []string) error {
		page := s.base + pages.DashboardPath
		if len(args) == 1 && isDeploymentID(args[0]) {
			page = s.base + pages.DeploymentPath(args[0])
		} else if len(args) == 1 {
			page = s.base + pages.ProjectPath(args[0])
		}
		out := struct {
			URL string `json:"url"`
		}{page}
		if err := p.answer(out, func() { p.say("%s", page) }); err != nil || !isTerminal(p.stdout) {
			return err
		}
		// The address is printed; a machine without a browser is no error.
		_ = browser(page).Start()
		return nil
	})
	return c
}

// browser is the command that opens an address on this platform. It always
// begins with http, so none of them takes it for an option.
func browser(address string) *exec.Cmd {
	switch runtime.GOOS {
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", address)
	case "darwin":
		return exec.Command("open", address)
	}
	return exec.Command("xdg-open", address)
}
