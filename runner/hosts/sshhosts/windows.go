package sshhosts

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// windows is Windows with its OpenSSH server. Its login shell is cmd.exe, or
// PowerShell where an administrator chose that, and a command must mean the same
// to both: so scripts come as one word of letters, and the executor is called by
// a path without blanks, from the user's folder, in which every session begins.
type windows struct{}

func (windows) probe() string {
	return encoded(`$ProgressPreference = 'SilentlyContinue'
[Console]::Out.WriteLine('` + mark + `')
$machine = $env:PROCESSOR_ARCHITECTURE
if ($env:PROCESSOR_ARCHITEW6432) { $machine = $env:PROCESSOR_ARCHITEW6432 }
[Console]::Out.WriteLine("windows $machine")
$bin = Join-Path $env:USERPROFILE '.slipway\bin'
Get-ChildItem -LiteralPath $bin -Directory -ErrorAction SilentlyContinue |
  Where-Object { Test-Path -LiteralPath (Join-Path $_.FullName 'executor.exe') } |
  ForEach-Object { [Console]::Out.WriteLine($_.Name) }
exit 0
`)
}

func (windows) place(hash string, size int) string {
	return encoded(fmt.Sprintf(`$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$bin = Join-Path $env:USERPROFILE '.slipway\bin'
$dir = Join-Path $bin '%[1]s'
$new = Join-Path $dir ".new.$PID"
try {
  New-Item -ItemType Directory -Force -Path $dir | Out-Null
  $in = [Console]::OpenStandardInput()
  $out = [IO.File]::Create($new)
  try { $in.CopyTo($out) } finally { $out.Dispose() }
  if ((Get-Item -LiteralPath $new).Length -ne %[2]d) { throw 'the executor arrived incomplete' }
  Move-Item -Force -LiteralPath $new -Destination (Join-Path $dir 'executor.exe')
  (Get-Item -LiteralPath $dir).LastWriteTimeUtc = [DateTime]::UtcNow
} catch {
  [Console]::Error.WriteLine($_.Exception.Message)
  Remove-Item -Force -LiteralPath $new -ErrorAction SilentlyContinue
  exit 1
}
Get-ChildItem -LiteralPath $bin -Directory |
  Where-Object { $_.Name -match '^[0-9a-f]{64}$' } |
  Sort-Object LastWriteTimeUtc -Descending |
  Select-Object -Skip 3 |
  ForEach-Object { Remove-Item -Recurse -Force -LiteralPath $_.FullName -ErrorAction SilentlyContinue }
exit 0
`, hash, size))
}

// call takes only words that no shell of Windows reads anything into. What the
// executor is asked are verbs, ids and hashes; everything else goes by stdin.
func (windows) call(hash string, args []string) (string, error) {
	line := `.\.slipway\bin\` + hash + `\executor.exe`
	for _, arg := range args {
		if arg == "" || strings.Trim(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:") != "" {
			return "", fmt.Errorf("%q cannot be said to a shell of Windows", arg)
		}
		line += " " + arg
	}
	return line, nil
}

// missing: cmd.exe has a code of its own; PowerShell's is 1, which says nothing.
func (windows) missing(code int) bool { return code == 9009 }

// encoded is a script as one word of PowerShell's command line: base64 over
// UTF-16, in which neither cmd.exe nor PowerShell finds anything to replace.
// cmd.exe takes 8,191 characters. PowerShell itself leaves stdin alone.
func encoded(script string) string {
	units := utf16.Encode([]rune(script))
	bytes := make([]byte, 0, 2*len(units))
	for _, u := range units {
		bytes = binary.LittleEndian.AppendUint16(bytes, u)
	}
	return "powershell.exe -NoLogo -NoProfile -NonInteractive -InputFormat None -OutputFormat Text -ExecutionPolicy Bypass -EncodedCommand " +
		base64.StdEncoding.EncodeToString(bytes)
}
