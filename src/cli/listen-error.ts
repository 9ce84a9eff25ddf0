/** Why an address cannot be listened on, in words. */
import { errorCode } from "../files/errors.ts";

/** @param other what would be right, after "or" */
export function listenProblem(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case "EADDRINUSE":
      return `port ${port} is taken; choose another with --port, or stop what listens there.`;
    case "EACCES":
    case "EPERM":
      return `port ${port} may not be used by this user; choose one above 1023 with --port.`;
    case "EADDRNOTAVAIL":
      return `${host} is no address of this machine; --host 127.0.0.1 is.`;
  }
  const words = error instanceof Error ? error.message : String(error);
  return `${host}:${port} cannot be listened on: ${words}`;
}
