/**
 * The OpenClaw plugin, from `plugins/openclaw`: a folder for `openclaw plugins install FOLDER`, and the same as an npm
 * package. Installed plugins are JavaScript, so the types are taken out of the source here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Entry } from "./archive.ts";
import { type NpmOptions, type Package, packageFiles, packed } from "./npm.ts";
import { NAME } from "./release.ts";

/** The version of OpenClaw that the plugin was written for, and is tried with. */
const OPENCLAW = "2026.9.6";

export interface Plugin {
  /** Paths relative to the folder. */
  readonly files: readonly Entry[];
  readonly npm: Package;
}

/** @param source the folder `plugins/openclaw` */
export function openclawPlugin(source: string, options: NpmOptions): Plugin {
  const read = (file: string) => readFileSync(join(source, file), "utf8");
  const manifest = JSON.parse(read("openclaw.plugin.json")) as { readonly description: string };
  const { outputText } = ts.transpileModule(read("index.ts"), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const files: readonly Entry[] = [
    { path: "index.js", data: outputText },
    {
      path: "openclaw.plugin.json",
      data: `${JSON.stringify({ ...manifest, version: options.version }, null, 2)}\n`,
    },
    { path: "README.md", data: read("README.md") },
  ];
  const more = {
    description: manifest.description,
    type: "module",
    keywords: ["openclaw", "openclaw-plugin", "llm", "proxy", "router"],
    openclaw: {
      extensions: ["./index.js"],
      compat: { pluginApi: `>=${OPENCLAW}`, minGatewayVersion: OPENCLAW },
      build: { openclawVersion: OPENCLAW },
    },
  };
  const name = `${NAME}-openclaw`;
  return { files: packageFiles(name, options, files, more), npm: packed(name, options, files, more) };
}
