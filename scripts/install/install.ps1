# Installs terraphim-llm-proxy for this user: downloads one executable, compares its checksum, puts it into
# %LOCALAPPDATA%\Programs\terraphim-llm-proxy and that folder on the user's PATH. Running it again upgrades.
#   powershell -ExecutionPolicy Bypass -File install.ps1 [-Version X.Y.Z] [-Prefix FOLDER] [-From ADDRESS] [-Uninstall [-Keep]]
[CmdletBinding()]
param(
  [string]$Version = '',
  [string]$Prefix = (Join-Path $env:LOCALAPPDATA 'Programs\terraphim-llm-proxy'),
  [string]$From = '',
  [switch]$Uninstall,
  [switch]$Keep
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$Name = 'terraphim-llm-proxy'
# Filled in when a release is packed: its downloads and its version.
$Url = '@URL@'
$Packed = '@VERSION@'
$Program = Join-Path $Prefix "$Name.exe"

function Get-UserPath {
  $path = [Environment]::GetEnvironmentVariable('Path', 'User')
  if ($null -eq $path) { return @() }
  return @($path -split ';' | Where-Object { $_ -ne '' })
}

if ($Uninstall) {
  if (-not (Test-Path -LiteralPath $Program)) { throw "$Name is not installed in $Prefix." }
  $options = @('uninstall', '--yes')
  if ($Keep) { $options += '--keep' }
  & $Program @options
  $rest = @(Get-UserPath | Where-Object { $_ -ne $Prefix })
  [Environment]::SetEnvironmentVariable('Path', ($rest -join ';'), 'User')
  if (Test-Path -LiteralPath $Prefix) { Remove-Item -LiteralPath $Prefix -Recurse -Force }
  Write-Output "Removed $Program."
  return
}

if ($From -eq '') { $From = $Url }
if ($From.StartsWith('@')) { throw 'This copy of the script names no release; give its folder with -From ADDRESS.' }
$Version = $Version -replace '^v', ''
if ($Version -ne '' -and $Version -ne $Packed) {
  if (-not $From.Contains($Packed)) { throw "$From has no version in it; give the folder of version $Version with -From." }
  $From = $From.Replace($Packed, $Version)
}
$From = $From.TrimEnd('/')
if (-not [Environment]::Is64BitOperatingSystem) { throw 'There is no executable for 32-bit Windows.' }
$File = "$Name-windows-x64.exe"

$Work = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
New-Item -ItemType Directory -Path $Work | Out-Null
try {
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  Write-Output "Downloading $File ..."
  $sums = Join-Path $Work 'SHA256SUMS'
  $download = Join-Path $Work $File
  Invoke-WebRequest -UseBasicParsing -Uri "$From/SHA256SUMS" -OutFile $sums
  Invoke-WebRequest -UseBasicParsing -Uri "$From/$File" -OutFile $download
  $line = Get-Content -LiteralPath $sums | Where-Object { $_ -match "^([0-9a-f]{64})  $([regex]::Escape($File))$" }
  if ($null -eq $line) { throw "SHA256SUMS has no line for $File." }
  $wanted = ([string]$line).Substring(0, 64)
  $found = (Get-FileHash -LiteralPath $download -Algorithm SHA256).Hash.ToLowerInvariant()
  if ($found -ne $wanted) { throw "The checksum of $File is wrong (got $found, expected $wanted). Nothing was installed." }
  Unblock-File -LiteralPath $download
  $said = & $download --version
  if ($LASTEXITCODE -ne 0) { throw "$File does not run on this machine." }

  if (-not (Test-Path -LiteralPath $Prefix)) { New-Item -ItemType Directory -Path $Prefix | Out-Null }
  # A running program cannot be replaced on Windows, but it can be renamed.
  $old = "$Program.previous"
  if (Test-Path -LiteralPath $Program) {
    if (Test-Path -LiteralPath $old) { Remove-Item -LiteralPath $old -Force }
    Move-Item -LiteralPath $Program -Destination $old
  }
  Move-Item -LiteralPath $download -Destination $Program
  $paths = Get-UserPath
  if ($paths -notcontains $Prefix) {
    [Environment]::SetEnvironmentVariable('Path', (($paths + $Prefix) -join ';'), 'User')
    Write-Output "$Prefix is on your PATH now; open a new terminal."
  }
  Write-Output "Installed $said as $Program."
  Write-Output "Next: $Name init"
} finally {
  Remove-Item -LiteralPath $Work -Recurse -Force
}
