/** A Debian package (https://manpages.debian.org/bookworm/dpkg-dev/deb.5.en.html), which dpkg and apt install. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { ar, type Entry, tarGz } from "./archive.ts";
import { DESCRIPTION, NAME } from "./release.ts";

export interface DebContents {
  readonly version: string;
  readonly architecture: "amd64" | "arm64";
  readonly homepage: string | undefined;
  /** `NAME <MAIL>` */
  readonly maintainer: string;
  readonly executable: Uint8Array;
  readonly license: string;
  readonly changelog: string;
  readonly manPage: string;
  /** Scripts by shell. */
  readonly completions: Readonly<Record<"bash" | "zsh" | "fish", string>>;
  /** The unit for `systemctl --user`. */
  readonly unit: string;
  readonly epoch: number;
}

/** What Debian's checker finds in every executable that holds its own runtime: its code is appended to a linked file. */
const OVERRIDES = [
  "embedded-library",
  "hardening-no-pie",
  "hardening-no-relro",
  "unstripped-binary-or-object",
]
  .map((tag) => `${NAME}: ${tag}\n`).join("");

/** Debian's own form of a changelog; what changed is in CHANGELOG.md. */
function debianChangelog({ version, maintainer, epoch }: DebContents): string {
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  return `${NAME} (${version}) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- ${maintainer}  ${date}\n`;
}

/** Where Debian keeps each file (https://www.debian.org/doc/debian-policy/). */
function filesOf(contents: DebContents): readonly Entry[] {
  const { executable, license, changelog, manPage, completions, unit } = contents;
  const gz = (text: string) => gzipSync(text, { level: 9 });
  return [
    { path: `usr/bin/${NAME}`, data: executable, mode: 0o755 },
    { path: `usr/lib/systemd/user/${NAME}.service`, data: unit },
    { path: `usr/share/bash-completion/completions/${NAME}`, data: completions.bash },
    { path: `usr/share/doc/${NAME}/CHANGELOG.md.gz`, data: gz(changelog) },
    { path: `usr/share/doc/${NAME}/changelog.gz`, data: gz(debianChangelog(contents)) },
    { path: `usr/share/doc/${NAME}/copyright`, data: copyright(license) },
    { path: `usr/share/fish/vendor_completions.d/${NAME}.fish`, data: completions.fish },
    { path: `usr/share/lintian/overrides/${NAME}`, data: OVERRIDES },
    { path: `usr/share/man/man1/${NAME}.1.gz`, data: gz(manPage) },
    { path: `usr/share/zsh/vendor-completions/_${NAME}`, data: completions.zsh },
  ];
}

/** The licence in the form that Debian's tools read (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/). */
function copyright(license: string): string {
  const holder = /^Copyright \(c\) (.+)$/mi.exec(license)?.[1] ?? "the authors";
  const text = license.trim().split("\n").map((line) => line.trim() === "" ? " ." : ` ${line}`).join("\n");
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ${NAME}

Files: *
Copyright: ${holder}
License: MIT
${text}
`;
}

/** The package's bytes. */
export function deb(contents: DebContents): Uint8Array {
  const { version, architecture, homepage, maintainer, epoch } = contents;
  const files = filesOf(contents);
  const folders = [...new Set(files.flatMap(({ path }) => parents(path)))].sort();
  const size = files.reduce((sum, { data = "" }) => sum + data.length, 0);
  const control = `Package: ${NAME}
Version: ${version}
Section: net
Priority: optional
Architecture: ${architecture}
Depends: libc6 (>= 2.27)
Recommends: ca-certificates
Maintainer: ${maintainer}
Installed-Size: ${Math.ceil(size / 1024)}
${homepage === undefined ? "" : `Homepage: ${homepage}\n`}Description: ${DESCRIPTION}
 A proxy on this machine for Claude Code, Codex, OpenClaw, opencode and the
 SDKs of OpenAI and Anthropic. It reads what the user asks for, picks the
 configured model for that kind of work, and goes on with the next provider
 when one hits its limit.
`;
  const md5 = files.map(({ path, data = "" }) =>
    `${createHash("md5").update(data).digest("hex")}  ${path}\n`
  );
  const dotted = (entries: readonly Entry[]) => entries.map((one) => ({ ...one, path: `./${one.path}` }));
  return ar([
    { name: "debian-binary", data: "2.0\n" },
    {
      name: "control.tar.gz",
      data: tarGz(
        dotted([{ path: "" }, { path: "control", data: control }, { path: "md5sums", data: md5.join("") }]),
        epoch,
      ),
    },
    {
      name: "data.tar.gz",
      data: tarGz(dotted([{ path: "" }, ...folders.map((path) => ({ path })), ...files]), epoch),
    },
  ], epoch);
}

/** The folders above a path, each with a slash at its end. */
function parents(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
}
