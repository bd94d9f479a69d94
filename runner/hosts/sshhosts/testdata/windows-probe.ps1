$ProgressPreference = 'SilentlyContinue'
[Console]::Out.WriteLine('slipway-probe')
$machine = $env:PROCESSOR_ARCHITECTURE
if ($env:PROCESSOR_ARCHITEW6432) { $machine = $env:PROCESSOR_ARCHITEW6432 }
[Console]::Out.WriteLine("windows $machine")
$bin = Join-Path $env:USERPROFILE '.slipway\bin'
Get-ChildItem -LiteralPath $bin -Directory -ErrorAction SilentlyContinue |
  Where-Object { Test-Path -LiteralPath (Join-Path $_.FullName 'executor.exe') } |
  ForEach-Object { [Console]::Out.WriteLine($_.Name) }
exit 0
