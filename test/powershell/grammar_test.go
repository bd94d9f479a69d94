package powershell

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/runner/executor/scripts"
)

// named are texts with what to call them in a failure.
type named struct{ name, text string }

func wellFormed(t *testing.T, all []named) {
	t.Helper()
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = n.text
	}
	for i, answer := range Ask(t, texts...) {
		for _, fault := range answer.Faults {
			t.Errorf("%s: %s", all[i].name, fault)
		}
	}
	t.Logf("%d texts", len(all))
}

// TestOurScripts asks about every script of the repository, and about what the
// documentation shows as PowerShell.
func TestOurScripts(t *testing.T) {
	t.Parallel()
	var all []named
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && slices.Contains([]string{".git", "bin", "node_modules"}, e.Name()):
			return fs.SkipDir
		case e.IsDir() || !slices.Contains([]string{".ps1", ".psm1", ".psd1", ".md"}, strings.ToLower(filepath.Ext(path))):
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := strings.TrimPrefix(string(raw), "\uFEFF")
		if !strings.EqualFold(filepath.Ext(path), ".md") {
			all = append(all, named{path, text})
			return nil
		}
		for i, piece := range strings.Split(text, "```powershell\n") {
			if shown, _, closed := strings.Cut(piece, "```"); i > 0 && closed {
				all = append(all, named{path + ", block", shown})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 3 {
		t.Fatalf("%d scripts found, want those of the executor and of the AWS bootstrap", len(all))
	}
	wellFormed(t, all)
}

func TestBootstraps(t *testing.T) {
	t.Parallel()
	var all []named
	paths := []string{`C:\Slipway\work\scripts\script.ps1`, `/home/o'brien/x.ps1`, `C:\it’s ‘so’\[a] $(b) ` + "`" + `c"d.ps1`, "C:\\ä\u201C\nz.ps1"}
	args := []string{"", "-Name value", "-Force -Count 3 -Ratio:1.5", "a,b 'c d' \"e`\"f\" -List 1,2,$null", "-Who:'O''Brien' -Where '$(no)' -Very:$true -5 0"}
	for _, path := range paths {
		for _, arg := range args {
			command, text, err := scripts.PowerShellText(scripts.Script{Args: arg}, path)
			if err != nil {
				t.Fatalf("PowerShellText with %q: %v", arg, err)
			}
			all = append(all, named{"bootstrap for " + path + " " + arg, text}, named{"command", command})
		}
	}
	wellFormed(t, all)
}

// commandsOf51 are the commands of Windows PowerShell 5.1 that the bootstrap calls.
var commandsOf51 = []string{"Import-Module", "New-Module", "New-Object", "Set-Variable", "Start-Sleep", "Test-Path", "Write-Host"}

// TestBootstrapCallsWhatIsThere finds misspelt commands, which are good grammar.
func TestBootstrapCallsWhatIsThere(t *testing.T) {
	t.Parallel()
	_, text, err := scripts.PowerShellText(scripts.Script{}, "x.ps1")
	if err != nil {
		t.Fatal(err)
	}
	answer := Ask(t, text)[0]
	for _, command := range answer.Commands {
		if !slices.Contains(answer.Functions, command) && !slices.Contains(commandsOf51, command) && command != "'x.ps1'" {
			t.Errorf("the bootstrap calls %s, which it does not define and nobody said is in Windows PowerShell 5.1", command)
		}
	}
	for _, name := range []string{
		"Set-OctopusVariable", "New-OctopusArtifact", "Update-Progress", "Fail-Step", "Write-Highlight", "Write-Wait", "Write-Verbose", "Write-Warning",
		"Write-Debug", "Execute-WithRetry", "Set-EnvironmentState", "New-OctopusTarget", "Remove-OctopusTarget", "Convert-ServiceMessageValue",
	} {
		if !slices.Contains(answer.Functions, name) {
			t.Errorf("the bootstrap has no %s, which scripts written for Octopus call", name)
		}
	}
}

// TestQuotedValuesChangeNothing compares the trees of programs that differ in a
// quoted value alone.
func TestQuotedValuesChangeNothing(t *testing.T) {
	t.Parallel()
	values := []string{"harmless", "O'Brien", "'; Remove-Item C:\\ -Recurse; '", "’; exit 1; ‘", "a\nb\r\nc", "`'`\"", "$(Get-Date) $env:X @x", "#{X}", "<# x #>", "@'\nx\n'@", "\"", "“x”", "", "''", "‘’‚‛", "\u2028"}
	r := rand.New(rand.NewPCG(3, 4))
	letters := []rune("'‘’‚‛\"“”„`$(){}@#;|&<>,\n\r\t aä\U0001F600-–%\\")
	for range 400 {
		text := make([]rune, 1+r.IntN(10))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		values = append(values, string(text))
	}
	var texts []string
	for _, value := range values {
		literal := scripts.QuotePowerShell(value)
		texts = append(texts, "$x = "+literal+"\n. "+literal+" -Name "+literal+"\nif ($x -eq "+literal+") { exit 1 }\n")
	}
	answers := Ask(t, texts...)
	for i, answer := range answers {
		if len(answer.Faults) > 0 || answer.Tree != answers[0].Tree {
			t.Errorf("%q in quotes changes the program: %q\n%s", values[i], answer.Faults, texts[i])
		}
	}
}

// TestFaultsAreFound holds the check itself to account.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	broken := []string{
		"if ($x) {", "$x = 'O'Brien'", "Write-Host \"never closed", "git pull && git push", "$x = $a ?? $b", "$x = $a ? 1 : 2",
		"foreach ($x in) { }", "function F( { }", "param([string $x)", "$x = @{ a = }", "try { 1 } catch", ". 'a' -Name (",
	}
	for i, answer := range Ask(t, broken...) {
		if len(answer.Faults) == 0 {
			t.Errorf("%s: no fault found", broken[i])
		}
	}
}
