/** Manifests for Windows: Scoop and winget. */
import { DESCRIPTION, NAME, type Release, requireSums } from "./release.ts";

const FILE = `${NAME}-windows-x64.exe`;

/** A Scoop manifest, which belongs into a bucket (https://github.com/ScoopInstaller/Scoop/wiki/App-Manifests). @throws Error where there is no sum */
export function scoop({ version, url, homepage, sums }: Release): string {
  const hash = requireSums(sums, [FILE])(FILE);
  const manifest = {
    version,
    description: DESCRIPTION,
    homepage,
    license: "MIT",
    architecture: { "64bit": { url: `${url}/${FILE}#/${NAME}.exe`, hash } },
    bin: `${NAME}.exe`,
    checkver: { url: `${homepage}/releases`, regex: "v([\\d.]+)" },
    autoupdate: {
      architecture: { "64bit": { url: `${url.replaceAll(version, "$version")}/${FILE}#/${NAME}.exe` } },
      hash: { url: "$baseurl/SHA256SUMS" },
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const SCHEMA = "1.10.0";
const IDENTIFIER = "Terraphim.LlmProxy";

/**
 * The three files of a winget manifest, by name (https://learn.microsoft.com/windows/package-manager/package/manifest).
 * @throws Error where there is no sum
 */
export function winget({ version, url, homepage, sums }: Release): Readonly<Record<string, string>> {
  const hash = requireSums(sums, [FILE])(FILE).toUpperCase();
  const file = (kind: string, lines: readonly string[]) =>
    [
      `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${kind}.${SCHEMA}.schema.json`,
      `PackageIdentifier: ${IDENTIFIER}`,
      `PackageVersion: "${version}"`,
      ...lines,
      `ManifestType: ${kind}`,
      `ManifestVersion: ${SCHEMA}`,
      "",
    ].join("\n");
  return {
    [`${IDENTIFIER}.yaml`]: file("version", ["DefaultLocale: en-US"]),
    [`${IDENTIFIER}.installer.yaml`]: file("installer", [
      "InstallerType: portable",
      "Commands:",
      `- ${NAME}`,
      "Installers:",
      "- Architecture: x64",
      `  InstallerUrl: ${url}/${FILE}`,
      `  InstallerSha256: ${hash}`,
    ]),
    [`${IDENTIFIER}.locale.en-US.yaml`]: file("defaultLocale", [
      "PackageLocale: en-US",
      "Publisher: Terraphim",
      `PackageName: ${NAME}`,
      `PackageUrl: ${homepage}`,
      "License: MIT",
      `ShortDescription: ${DESCRIPTION}`,
      `Moniker: ${NAME}`,
    ]),
  };
}
