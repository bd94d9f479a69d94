$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$bin = Join-Path $env:USERPROFILE '.slipway\bin'
$dir = Join-Path $bin '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
$new = Join-Path $dir ".new.$PID"
try {
  New-Item -ItemType Directory -Force -Path $dir | Out-Null
  $in = [Console]::OpenStandardInput()
  $out = [IO.File]::Create($new)
  try { $in.CopyTo($out) } finally { $out.Dispose() }
  if ((Get-Item -LiteralPath $new).Length -ne 7654321) { throw 'the executor arrived incomplete' }
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
