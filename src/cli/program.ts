/** What the program is called. */
import manifest from "../../deno.json" with { type: "json" };

export const NAME = "terraphim-llm-proxy";
export const VERSION: string = manifest.version;
