package ssmhosts

import (
	"fmt"
	"strings"
)

// powerShell writes the script for Windows PowerShell 5.1. The agent's own home
// lies within Windows' folder, which is no place for applications, so there is
// one beside it that only the system and administrators enter.
func (b bootstrap) powerShell() string {
	p := b.programs[0]
	var s strings.Builder
	s.WriteString(`$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
$env:HOME = "$env:SystemDrive\Slipway"
$root = "$env:HOME\.slipway"
function Fail($why) {
  [Console]::Error.WriteLine("slipway: $why")
`)
	failed := exitNothing
	if b.attempt != "" {
		failed = exitKnown // nothing is remembered here, so a later message may still begin it
	}
	fmt.Fprintf(&s, "  exit %d\n}\n$hash = %s\n$url = %s\n", failed, single(p.hash), single(p.url))
	fmt.Fprintf(&s, `$dir = "$root\bin\$hash"
$executor = "$dir\executor.exe"
try {
  if (-not (Test-Path -LiteralPath $executor)) {
    if (-not (Test-Path -LiteralPath $root)) {
      New-Item -ItemType Directory -Force -Path $root | Out-Null
      icacls $root /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
      if ($LASTEXITCODE -ne 0) { throw 'the folder cannot be closed to others' }
    }
    New-Item -ItemType Directory -Force -Path $dir | Out-Null
    $new = "$dir\.new.$PID"
    Invoke-WebRequest -UseBasicParsing -TimeoutSec 240 -Uri $url -OutFile "$new.gz"
    $in = [IO.File]::OpenRead("$new.gz")
    $out = [IO.File]::Create($new)
    $unpack = New-Object IO.Compression.GZipStream($in, [IO.Compression.CompressionMode]::Decompress)
    try { $unpack.CopyTo($out) } finally { $unpack.Dispose(); $out.Dispose(); $in.Dispose() }
    $sum = (Get-FileHash -Algorithm SHA256 -LiteralPath $new).Hash.ToLower()
    if ($sum -ne $hash) { throw "it came with SHA-256 $sum instead of $hash" }
    Move-Item -Force -LiteralPath $new -Destination $executor
    Remove-Item -Force -LiteralPath "$new.gz"
  }
} catch { Fail "the executor could not be brought: $($_.Exception.Message) If executors/$hash.gz is not in the bucket, %s" }
`, putThere(b.bucket))
	if b.from == "" {
		fmt.Fprintf(&s, "$text = %s\n", single(b.stdin))
	} else {
		fmt.Fprintf(&s, "try { $text = (New-Object Net.WebClient).DownloadString(%s) } catch { Fail \"the errand could not be fetched: $($_.Exception.Message)\" }\n", single(b.from))
	}
	args := make([]string, 0, len(p.words)+len(b.args))
	for _, arg := range append(append([]string{}, p.words...), b.args...) {
		args = append(args, single(arg))
	}
	s.WriteString("$ErrorActionPreference = 'Continue'\n$text | & $executor " + strings.Join(args, " "))
	if b.quiet {
		s.WriteString(" | Out-Null")
	}
	if b.attempt != "" {
		fmt.Fprintf(&s, "\nif ($LASTEXITCODE -eq %d) { exit %d }", exitRefused, exitKnown)
	}
	s.WriteString("\nexit $LASTEXITCODE\n")
	return s.String()
}

// single is a text in which PowerShell replaces nothing. It takes four typographic
// characters for the quote as well. The rule is that of the executor's half for its
// own scripts, which a test holds this against.
func single(text string) string {
	return "'" + doubled.Replace(strings.ToValidUTF8(text, "\uFFFD")) + "'"
}

var doubled = strings.NewReplacer("'", "''", "‘", "‘‘", "’", "’’", "‚", "‚‚", "‛", "‛‛", "\x00", "")
