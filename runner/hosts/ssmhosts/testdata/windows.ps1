$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
$env:HOME = "$env:SystemDrive\Slipway"
$root = "$env:HOME\.slipway"
function Fail($why) {
  [Console]::Error.WriteLine("slipway: $why")
  exit 72
}
$hash = 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1'
$url = 'https://bucket.s3.eu-central-1.amazonaws.com/store/executors/a.gz?X-Amz-Signature=it''s&b=$(id)'
$dir = "$root\bin\$hash"
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
} catch { Fail "the executor could not be brought: $($_.Exception.Message) If executors/$hash.gz is not in the bucket, make deploy puts it there, or: slipway infra executors DIR && aws s3 cp --recursive DIR s3://BUCKET/store/executors/" }
$text = 'c2VhbGVk'
$ErrorActionPreference = 'Continue'
$text | & $executor 'errand' | Out-Null
if ($LASTEXITCODE -eq 70) { exit 72 }
exit $LASTEXITCODE
