/** The list of what is in the executables, as CycloneDX (https://cyclonedx.org/docs/1.6/json/). */
import { NAME } from "./release.ts";

export interface SbomInput {
  readonly version: string;
  /** `imports` of deno.json: `npm:NAME@VERSION`. */
  readonly imports: Readonly<Record<string, string>>;
  /** deno.lock: `npm` has every package with its integrity and what it needs. */
  readonly lock: {
    readonly npm?: Readonly<
      Record<string, { readonly integrity?: string; readonly dependencies?: readonly string[] }>
    >;
  };
  /** Names of the imports that the program itself uses; tests and scripts have more. */
  readonly used: readonly string[];
}

/** The document. Components are what the used imports need, in turn. */
export function sbom({ version, imports, lock, used }: SbomInput): string {
  const all = lock.npm ?? {};
  const wanted = new Set<string>();
  const add = (key: string): void => {
    const found = Object.keys(all).find((one) => one === key || one.startsWith(`${key}_`)) ??
      Object.keys(all).find((one) => nameOf(one) === key);
    if (found === undefined || wanted.has(found)) return;
    wanted.add(found);
    for (const next of all[found]?.dependencies ?? []) add(next);
  };
  for (const name of used) add((imports[name] ?? "").replace(/^npm:/, ""));
  const components = [...wanted].sort().map((key) => {
    const [name, at] = [nameOf(key), versionOf(key)];
    const integrity = /^sha512-(.+)$/.exec(all[key]?.integrity ?? "")?.[1];
    return {
      type: "library",
      name,
      version: at,
      purl: `pkg:npm/${name.replace("@", "%40")}@${at}`,
      ...(integrity === undefined ? {} : {
        hashes: [{
          alg: "SHA-512",
          content: [...atob(integrity)].map((char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join(
            "",
          ),
        }],
      }),
    };
  });
  return `${
    JSON.stringify(
      {
        bomFormat: "CycloneDX",
        specVersion: "1.6",
        version: 1,
        metadata: {
          component: { type: "application", name: NAME, version, licenses: [{ license: { id: "MIT" } }] },
        },
        components,
      },
      null,
      2,
    )
  }\n`;
}

/** `@scope/name@1.2.3_peer@4` is a key of deno.lock. */
const nameOf = (key: string): string => key.slice(0, key.indexOf("@", 1));
const versionOf = (key: string): string => key.slice(key.indexOf("@", 1) + 1).replace(/_.*$/, "");
