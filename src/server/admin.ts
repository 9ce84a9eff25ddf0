/** `POST /admin/cooldowns/reset`: ends cooldowns now. */
import type { ServerContext } from "./context.ts";
import { readBody } from "./body.ts";
import { Refusal } from "./errors.ts";

/** Ends all cooldowns, or with `{"provider": "groq"}` (and `"model"`) those. Answers how many. @throws Refusal */
export async function resetCooldowns(context: ServerContext, request: Request): Promise<Response> {
  const empty = request.headers.get("content-length") === "0" || request.body === null;
  const json = empty ? {} : (await readBody(request, 64 * 1024)).json;
  for (const name of Object.keys(json)) {
    if (name !== "provider" && name !== "model") {
      throw new Refusal(400, `Unknown key "${name.slice(0, 40)}"; expected "provider" or "model".`);
    }
  }
  const reset = context.dispatch.state.cooldowns.reset((cooldown) =>
    (json.provider === undefined || cooldown.provider === json.provider) &&
    (json.model === undefined || cooldown.model === json.model)
  );
  context.dispatch.log("info", `${reset} cooldowns ended by request`);
  return Response.json({ reset });
}
