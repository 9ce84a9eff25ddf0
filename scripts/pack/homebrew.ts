/** A Homebrew formula for a release (https://docs.brew.sh/Formula-Cookbook). It belongs into a tap's Formula/ folder. */
import { DESCRIPTION, NAME, type Release, requireSums } from "./release.ts";

/** Systems, and processors as Homebrew calls them; on Linux it needs glibc itself. */
const SYSTEMS = ["macos", "linux"] as const;
const PROCESSORS = [
  { name: "arm", target: "arm64" },
  { name: "intel", target: "x64" },
] as const;

/** The formula's text. @throws Error naming the executables that have no sum */
export function formula({ version, url, homepage, sums }: Release): string {
  const all = SYSTEMS.flatMap((system) => PROCESSORS.map(({ target }) => `${NAME}-${system}-${target}`));
  const sumOf = requireSums(sums, all);
  const systems = SYSTEMS.map((system) => {
    const processors = PROCESSORS.map((processor) => {
      const file = `${NAME}-${system}-${processor.target}`;
      return `    on_${processor.name} do
      url "${url}/${file}"
      sha256 "${sumOf(file)}"
    end`;
    });
    return `  on_${system} do\n${processors.join("\n")}\n  end`;
  });
  return `class TerraphimLlmProxy < Formula
  desc "${DESCRIPTION}"
  homepage "${homepage}"
  version "${version}"
  license "MIT"

${systems.join("\n\n")}

  def install
    binary = Dir["${NAME}-*"].first
    chmod 0755, binary
    bin.install binary => "${NAME}"
    generate_completions_from_executable(bin/"${NAME}", "completions", shells: [:bash, :zsh, :fish])
    (man1/"${NAME}.1").write Utils.safe_popen_read(bin/"${NAME}", "man")
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
