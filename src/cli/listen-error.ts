/** Why an address cannot be listened on, in words. */
import { errorCode, messageOf } from "../files/errors.ts";

/** @returns a sentence that says what to do */
export function listenProblem(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case "EADDRINUSE":
      return `port ${port} is in use; stop the program that uses it, or choose another port with --port.`;
    case "EACCES":
    case "EPERM":
      return `port ${port} is reserved for the system; choose one above 1023 with --port.`;
    case "EADDRNOTAVAIL":
      return `cannot listen on ${host}: not an address of this machine (try --host 127.0.0.1).`;
  }
  const words = messageOf(error);
  return `cannot listen on ${host}:${port}: ${words}`;
}
