package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

// version is the release this program was built as; the linker sets it.
var version string

// Version is the version, or what the build knows of the source.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "0.0.0-" + s.Value[:12]
		}
	}
	return "0.0.0-dev"
}

func (p *program) version() *cobra.Command {
	c := verb("version", "Show the version of this program, and with --server of the server", nil)
	server := c.Flags().Bool("server", false, "ask the server too")
	c.RunE = func(c *cobra.Command, _ []string) error {
		out := struct {
			Version string        `json:"version"`
			Go      string        `json:"go"`
			Server  *rest.Version `json:"server,omitempty"`
		}{Version: Version(), Go: runtime.Version()}
		if *server {
			s, err := p.server()
			if err != nil {
				return err
			}
			out.Server = &rest.Version{}
			if err := s.get(c.Context(), at("version"), out.Server); err != nil {
				return err
			}
		}
		return p.answer(out, func() {
			p.say("slipway %s (%s)", out.Version, out.Go)
			if out.Server != nil {
				p.say("server  %s", out.Server.Version)
			}
		})
	}
	return c
}
