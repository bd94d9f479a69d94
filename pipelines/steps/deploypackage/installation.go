package deploypackage

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// DefaultSyntax is the installation with a language for its scripts where nobody
// wrote one. A step for hosts on which bash is rare calls it before Payload:
//
//	s.Installation.DefaultSyntax(task.SyntaxPowerShell).Payload()
func (s Installation) DefaultSyntax(syntax string) Installation {
	if s.ScriptSyntax == "" {
		s.ScriptSyntax = syntax
	}
	return s
}

// Payload is what the host is told.
func (s Installation) Payload() task.Installation {
	out := task.Installation{
		Scripts:           s.scripts(),
		NoPackagedScripts: s.PackagedScripts != nil && !*s.PackagedScripts,
		FailOnErrorOutput: s.FailOnErrorOutput, SkipIfInstalled: s.SkipIfInstalled,
		Directory: s.InstallDirectory, Purge: s.Purge, KeepOnPurge: s.PurgeExcept,
		SubstituteIn: s.SubstituteInFiles, SubstituteEncoding: s.OutputEncoding,
		ConfigVariables: s.ConfigVariables, StructuredIn: s.StructuredVariables,
	}
	if t := s.ConfigTransforms; t.wanted() {
		out.Transforms = &task.Transforms{
			Automatic: t.Automatic, Files: t.Files, IgnoreErrors: t.IgnoreErrors,
			LenientWarnings: t.WarningsAsErrors != nil && !*t.WarningsAsErrors,
		}
	}
	return out
}

// scripts leaves the language out where it is bash or there is nothing to run.
func (s Installation) scripts() task.Scripts {
	out := task.Scripts{PreDeploy: string(s.PreDeploy), Deploy: string(s.Deploy), PostDeploy: string(s.PostDeploy)}
	if out != (task.Scripts{}) && s.ScriptSyntax != task.SyntaxBash {
		out.Syntax = s.ScriptSyntax
	}
	return out
}

func (t Transforms) wanted() bool {
	return t.Automatic || len(t.Files) > 0 || t.IgnoreErrors || t.WarningsAsErrors != nil
}

// Texts are all settings that may hold `#{…}`, with their place below under.
func (s Installation) Texts(under string) []plan.Shown {
	var out []plan.Shown
	add := func(path, text string) {
		if text != "" {
			out = append(out, plan.Shown{Path: under + "." + path, Text: text})
		}
	}
	list := func(path string, texts []string) {
		for i, text := range texts {
			add(fmt.Sprintf("%s[%d]", path, i), text)
		}
	}
	add("pre-deploy", string(s.PreDeploy))
	add("deploy", string(s.Deploy))
	add("post-deploy", string(s.PostDeploy))
	list("substitute-in-files", s.SubstituteInFiles)
	add("output-encoding", s.OutputEncoding)
	list("config-transforms.files", s.ConfigTransforms.Files)
	list("structured-variables", s.StructuredVariables)
	add("install-directory", s.InstallDirectory)
	list("purge-except", s.PurgeExcept)
	return out
}

// Outputs are the variables that the installation itself sets.
func (s Installation) Outputs() []string {
	out := []string{"Package.InstallationDirectoryPath", "Package.ExtractedFileCount"}
	if s.InstallDirectory != "" {
		out = append(out, "Package.CopiedFileCount")
	}
	return out
}

// Claims are what nobody else may have on the same host.
func (s Installation) Claims() []pipelines.Claim {
	if s.InstallDirectory == "" {
		return nil
	}
	return []pipelines.Claim{{Kind: "folder", Value: s.InstallDirectory}}
}
