# What a PowerShell script finds when it begins. Names of functions and messages
# are the contract with scripts written for Octopus.
#
# This text is run by Windows PowerShell 5.1 and by PowerShell 7 alike, so it
# holds nothing that only one of them knows. It is the same for every script:
# values come after it on standard input, and are data, never text of a program.
# Windows can write programs to its event log, and then no value is in there.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$PSNativeCommandArgumentPassing = 'Legacy'
$MaximumVariableCount = 32768
$OutputEncoding = New-Object System.Text.UTF8Encoding $false
try {
    [Console]::OutputEncoding = $OutputEncoding
} catch {
    # Without a console Windows has no code page to set.
    $Error.Clear()
}

function Convert-ServiceMessageValue([string] $value) {
    return [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($value))
}

function Convert-ToServiceMessageParameter([string] $name, [string] $value) {
    return $name + "='" + (Convert-ServiceMessageValue $value) + "'"
}

function Write-SlipwayMessage([string] $name, [System.Collections.Specialized.OrderedDictionary] $values) {
    $text = $name
    foreach ($key in $values.Keys) {
        $text += ' ' + (Convert-ToServiceMessageParameter $key $values[$key])
    }
    Write-Host ('##octopus[' + $text + ']')
}

function Set-OctopusVariable([string] $name, [string] $value, [switch] $sensitive) {
    $values = [ordered]@{ name = $name; value = $value }
    if ($sensitive) {
        $values['sensitive'] = 'True'
    }
    Write-SlipwayMessage 'setVariable' $values
}

function New-OctopusArtifact {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('fullname', 'path')]
        [string] $fullpath,
        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)]
        [string] $name
    )
    process {
        $whole = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($fullpath)
        $whole = [System.IO.Path]::GetFullPath($whole)
        $shown = $name
        if (-not $shown) {
            $shown = [System.IO.Path]::GetFileName($whole)
        }
        $length = 0
        if ([System.IO.File]::Exists($whole)) {
            $length = (New-Object System.IO.FileInfo $whole).Length
        }
        Write-SlipwayMessage 'createArtifact' ([ordered]@{ path = $whole; name = $shown; length = $length })
    }
}

function Update-Progress {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)]
        [int] $percentage,
        [Parameter(Position = 1, ValueFromPipeline = $true)]
        [string] $message
    )
    process {
        Write-SlipwayMessage 'progress' ([ordered]@{ percentage = $percentage; message = $message })
    }
}

function Fail-Step([string] $message) {
    if ($message) {
        Write-SlipwayMessage 'resultMessage' ([ordered]@{ message = $message })
    }
    exit 1
}

function Write-SlipwayLine([string] $mode, [string] $message) {
    Write-Host ('##octopus[stdout-' + $mode + ']')
    Write-Host $message
    Write-Host '##octopus[stdout-default]'
}

function Write-Verbose {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [Alias('Msg')]
        [string] $Message
    )
    process {
        Write-SlipwayLine 'verbose' $Message
    }
}

function Write-Debug {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [Alias('Msg')]
        [string] $Message
    )
    process {
        Write-SlipwayLine 'verbose' $Message
    }
}

function Write-Highlight {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [string] $Message
    )
    process {
        Write-SlipwayLine 'highlight' $Message
    }
}

function Write-Wait {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [string] $Message
    )
    process {
        Write-SlipwayLine 'wait' $Message
    }
}

function Write-Warning {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [Alias('Msg')]
        [string] $Message
    )
    process {
        if ($WarningPreference -ne 'SilentlyContinue') {
            Write-SlipwayLine 'warning' $Message
        }
    }
}

function Write-SlipwayEnvironment([string] $type, [string] $key, [string] $value, [bool] $sensitive) {
    $values = [ordered]@{ key = $key; value = $value }
    if ($sensitive) {
        $values['sensitive'] = 'True'
    }
    $values['type'] = $type
    Write-SlipwayMessage 'set-environmentstate' $values
}

function Set-EnvironmentState([string] $key, [string] $value, [switch] $sensitive) {
    Write-SlipwayEnvironment 'State' $key $value $sensitive.IsPresent
}

function Set-EnvironmentUrl([string] $key, [string] $value, [switch] $sensitive) {
    Write-SlipwayEnvironment 'Url' $key $value $sensitive.IsPresent
}

function New-OctopusTarget {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $Name,
        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $TargetId,
        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $Inputs,
        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string] $Roles,
        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string] $WorkerPoolIdOrName,
        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [switch] $UpdateIfExisting
    )
    process {
        Write-SlipwayMessage 'createStepPackageTarget' ([ordered]@{
            name = $Name
            targetId = $TargetId
            inputs = $Inputs
            octopusRoles = $Roles
            octopusDefaultWorkerPoolIdOrName = $WorkerPoolIdOrName
            updateIfExisting = $UpdateIfExisting.IsPresent
        })
    }
}

function Remove-OctopusTarget([string] $targetIdOrName) {
    Write-SlipwayMessage 'delete-target' ([ordered]@{ machine = $targetIdOrName })
}

function Execute-WithRetry([ScriptBlock] $command, [int] $maxFailures = 3, [int] $sleepBetweenFailures = 1) {
    for ($attempt = 1; $attempt -le $maxFailures; $attempt++) {
        try {
            & $command
            return
        } catch {
            if ($attempt -ge $maxFailures) {
                throw
            }
            Write-Host "Attempt $attempt of $maxFailures failed: $($_.Exception.Message)"
            Write-Host "The next one is in $sleepBetweenFailures s"
        }
        Start-Sleep -Seconds $sleepBetweenFailures
    }
}

# Errors that nobody caught are written in lines of our own: what PowerShell
# prints itself is broken at the width of a console that nobody sees, and a
# secret broken in two would not be masked.
function Write-SlipwayError([System.Management.Automation.ErrorRecord] $record) {
    [Console]::Error.WriteLine([string] $record.CategoryInfo.Category + ': ' + $record.Exception.Message)
    if ($record.InvocationInfo) {
        [Console]::Error.WriteLine($record.InvocationInfo.PositionMessage)
    }
    [Console]::Error.WriteLine($record.ScriptStackTrace)
    if ($record.ErrorDetails) {
        [Console]::Error.WriteLine($record.ErrorDetails.Message)
    }
}

$OctopusParameters = New-Object 'System.Collections.Generic.Dictionary[String,String]' (, [StringComparer]::OrdinalIgnoreCase)
$SlipwayArguments = New-Object 'System.Collections.Generic.List[String]'
$global:LASTEXITCODE = 0

# One fact a line, its fields in base64 with blanks between them: a variable with
# the plain names it goes by, a script module, an argument. It is read in a scope
# of its own, because a plain name must not meet a variable of ours.
& {
    $modules = New-Object System.Collections.ArrayList
    while ($null -ne ($line = [Console]::In.ReadLine())) {
        $fields = @()
        foreach ($field in $line.Split(' ')) {
            $fields += [System.Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($field))
        }
        if ($fields[0] -eq 'argument') {
            $SlipwayArguments.Add($fields[1])
        } elseif ($fields[0] -eq 'module') {
            [void] $modules.Add($fields)
        } else {
            $OctopusParameters[$fields[1]] = $fields[2]
            for ($i = 3; $i -lt $fields.Count; $i++) {
                if (-not (Test-Path ('variable:global:' + $fields[$i]))) {
                    Set-Variable -Scope Global -Name $fields[$i] -Value $fields[2]
                }
            }
        }
    }
    foreach ($module in $modules) {
        try {
            New-Module -Name $module[1] -ScriptBlock ([ScriptBlock]::Create($module[2])) | Import-Module -Global -DisableNameChecking
        } catch {
            [Console]::Error.WriteLine('the script module ' + $module[1] + ' cannot be imported')
            Write-SlipwayError $_
            exit 1
        }
    }
}
