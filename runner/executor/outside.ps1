# Starts SLIPWAY_COMMAND in SLIPWAY_FOLDER by way of WMI, whose processes belong to
# no session. All that is not for this script alone is passed on as environment.
$ErrorActionPreference = 'Stop'
$own = 'SLIPWAY_COMMAND', 'SLIPWAY_FOLDER'
$environment = Get-ChildItem -Path Env: | Where-Object { $own -notcontains $_.Name } | ForEach-Object { $_.Name + '=' + $_.Value }
$hidden = New-CimInstance -ClassName Win32_ProcessStartup -ClientOnly -Property @{
    EnvironmentVariables = [string[]]$environment
    ShowWindow = [uint16]0
}
$answer = Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{
    CommandLine = $env:SLIPWAY_COMMAND
    CurrentDirectory = $env:SLIPWAY_FOLDER
    ProcessStartupInformation = $hidden
}
if ($answer.ReturnValue -ne 0) {
    [Console]::Error.WriteLine('Win32_Process.Create answered ' + $answer.ReturnValue)
    exit 1
}
