/** Faults that nobody caught: one request's trouble must not end the others. */
import process from "node:process";
import type { Log } from "../../../log/log.ts";

/** Logs what would end the process otherwise. Returns what ends that. */
export function outliveFaults(log: Log): () => void {
  const told = (error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    log("error", `something failed inside the proxy, which goes on: ${words}`, {
      stack: error instanceof Error ? error.stack : undefined,
    });
  };
  process.on("unhandledRejection", told);
  process.on("uncaughtException", told);
  return () => {
    process.off("unhandledRejection", told);
    process.off("uncaughtException", told);
  };
}
