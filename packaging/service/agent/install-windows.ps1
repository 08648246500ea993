# Installs the agent as a service of Windows from a built checkout, with a JDK 25 of the machine. Never run: see docs/install.md.
#   install-windows.ps1 [-Remove]
# A Java program is no service by itself: WinSW (https://github.com/winsw/winsw), given by -Wrapper, starts it as holdfast-agent.xml says.
param([string] $Wrapper, [switch] $Remove)
$ErrorActionPreference = 'Stop'
$target = Join-Path $env:ProgramFiles 'Holdfast\agent'
$service = Join-Path $target 'holdfast-agent.exe'
if ($Remove) {
  & $service stop
  & $service uninstall
  Remove-Item -Recurse -Force $target
  exit 0
}
if (-not $Wrapper) { throw 'name WinSW-x64.exe by -Wrapper' }
$checkout = Resolve-Path (Join-Path $PSScriptRoot '..\..\..')
New-Item -ItemType Directory -Force (Join-Path $target 'lib') | Out-Null
Copy-Item (Join-Path $checkout 'agent\target\lib\*.jar') (Join-Path $target 'lib')
Copy-Item $Wrapper $service
Copy-Item (Join-Path $PSScriptRoot 'holdfast-agent.xml') $target
# The state is the system's and the administrators' alone.
$state = Join-Path $env:ProgramData 'Holdfast\agent'
New-Item -ItemType Directory -Force $state | Out-Null
icacls $state /inheritance:r /grant 'SYSTEM:(OI)(CI)F' 'Administrators:(OI)(CI)F' | Out-Null
& $service install
& $service start
