/** What each system's service manager reads: a systemd unit, a launchd agent, a task of Windows' scheduler. */

/** What a service starts. */
export interface ServiceProgram {
  /** The executable or runtime, and its arguments. */
  readonly command: readonly string[];
  /** Where its output goes, on systems that keep no journal. */
  readonly logFile: string;
  /** Whose service it is, for Windows: `DOMAIN\\name`. @default undefined: whoever logs on, which only an administrator may install */
  readonly user?: string;
}

const DESCRIPTION = "Routes coding agents' requests to the model chosen for each kind of work";

/** The label of the launchd agent. */
export const LABEL = "ai.terraphim.llm-proxy";

/**
 * A unit for `systemctl --user` (https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html). It cannot gain
 * rights, and sees the system read-only; its own folders and the configuration are in the home, which stays writable.
 * A stop lets requests in flight finish.
 */
export function systemdUnit({ command }: Pick<ServiceProgram, "command">): string {
  return `[Unit]
Description=${DESCRIPTION}
Documentation=man:terraphim-llm-proxy(1)
After=network-online.target
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
ExecStart=${command.map(systemdWord).join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
TimeoutStopSec=120
LimitNOFILE=65535
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
ProtectControlGroups=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectClock=yes
ProtectHostname=yes
ProtectSystem=full

[Install]
WantedBy=default.target
`;
}

/** A word of a command line: quoted, and without systemd's specifiers and variables. */
function systemdWord(word: string): string {
  const plain = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, "\\$&")}"`;
}

/** A launchd agent (https://www.manpagez.com/man/5/launchd.plist/). */
export function launchdAgent({ command, logFile }: ServiceProgram): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${xml(word)}</string>`).join("\n")}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ExitTimeOut</key>
  <integer>120</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>SoftResourceLimits</key>
  <dict>
    <key>NumberOfFiles</key>
    <integer>65535</integer>
  </dict>
  <key>StandardOutPath</key>
  <string>${xml(logFile)}</string>
  <key>StandardErrorPath</key>
  <string>${xml(logFile)}</string>
</dict>
</plist>
`;
}

/** A task that starts at logon, for \`schtasks /Create /XML\` (https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema). */
export function windowsTask({ command, logFile, user }: ServiceProgram): string {
  const userId = user === undefined ? "" : `\n      <UserId>${xml(user)}</UserId>`;
  const line = [...command.map(windowsWord), ">>", windowsWord(logFile), "2>&1"].join(" ");
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${xml(DESCRIPTION)}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>${userId}
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">${userId}
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <Hidden>true</Hidden>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>5</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>cmd.exe</Command>
      <Arguments>${xml(`/d /s /c "${line}"`)}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

const windowsWord = (word: string): string => /[\s&()^;,="]/.test(word) ? `"${word}"` : word;

const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
