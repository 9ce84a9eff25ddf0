/**
 * Writes a Homebrew formula for a release, from dist/SHA256SUMS: `deno task formula --url ADDRESS [--homepage ADDRESS]`,
 * where ADDRESS is the folder that the release's executables are downloaded from. Put dist/terraphim-llm-proxy.rb into a tap's
 * Formula/ folder. https://docs.brew.sh/Formula-Cookbook
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const NAME = "terraphim-llm-proxy";

export interface Release {
  readonly version: string;
  /** The folder of the executables, without a slash at its end. */
  readonly url: string;
  readonly homepage: string;
  /** What `SHA256SUMS` holds: a sum, two spaces and a file's name a line. */
  readonly sums: string;
}

/** Systems, and processors as Homebrew calls them; on Linux it needs glibc itself. */
const SYSTEMS = ["macos", "linux"] as const;
const PROCESSORS = [
  { name: "arm", target: "arm64" },
  { name: "intel", target: "x64" },
] as const;

/** The formula's text. @throws Error naming the executables that have no sum */
export function formula({ version, url, homepage, sums }: Release): string {
  const bySum = new Map(
    sums.split("\n").map((line) => line.trim().split(/\s+/)).map(([sum = "", file = ""]) => [file, sum]),
  );
  const missing: string[] = [];
  const systems = SYSTEMS.map((system) => {
    const processors = PROCESSORS.map((processor) => {
      const file = `${NAME}-${system}-${processor.target}`;
      const sum = bySum.get(file);
      if (sum === undefined || !/^[0-9a-f]{64}$/.test(sum)) missing.push(file);
      return `    on_${processor.name} do
      url "${url}/${file}"
      sha256 "${sum}"
    end`;
    });
    return `  on_${system} do\n${processors.join("\n")}\n  end`;
  });
  if (missing.length > 0) {
    throw new Error(`dist/SHA256SUMS has no sum of ${missing.join(", ")}: run deno task compile first.`);
  }
  return `class TerraphimLlmProxy < Formula
  desc "Routes coding agents' requests to the model chosen for each kind of work"
  homepage "${homepage}"
  version "${version}"
  license "MIT"

${systems.join("\n\n")}

  def install
    binary = Dir["${NAME}-*"].first
    chmod 0755, binary
    bin.install binary => "${NAME}"
    generate_completions_from_executable(bin/"${NAME}", "completions", shells: [:bash, :zsh, :fish])
  end

  service do
    run [opt_bin/"${NAME}"]
    keep_alive true
    log_path var/"log/${NAME}.log"
    error_log_path var/"log/${NAME}.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/${NAME} --version")
    assert_match "plan_implementation", shell_output("#{bin}/${NAME} route 'plan implementation of the API'")
  end
end
`;
}

/** An address that a formula can hold: http or https, without what would end a Ruby text. */
function address(text: string | undefined, option: string): string {
  if (text !== undefined && URL.canParse(text) && /^https?:\/\/[^\s"\\#]+$/.test(text)) {
    return text.replace(/\/+$/, "");
  }
  throw new Error(
    text === undefined
      ? `--${option} is missing: the folder that the release's executables are downloaded from.`
      : `--${option} "${text}" is not an http or https address.`,
  );
}

function main(): number {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const sums = join(root, "dist", "SHA256SUMS");
  try {
    const { values } = parseArgs({ options: { url: { type: "string" }, homepage: { type: "string" } } });
    const url = address(values.url, "url");
    const homepage = address(values.homepage ?? values.url, "homepage");
    const { version } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
    const text = formula({
      version,
      url,
      homepage,
      sums: existsSync(sums) ? readFileSync(sums, "utf8") : "",
    });
    writeFileSync(join(root, "dist", `${NAME}.rb`), text);
    console.log(`dist/${NAME}.rb`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(main());
