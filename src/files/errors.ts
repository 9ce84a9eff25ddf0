/** File system errors in plain words. */

/** The code of a file system error (`ENOENT`); "" for any other error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Why a file cannot be read or written: "there is no such file". */
export function reason(error: unknown): string {
  const words: Record<string, string> = {
    ENOENT: "there is no such file",
    ENOTDIR: "there is no such folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EISDIR: "it is a folder",
    ELOOP: "its symbolic links form a loop",
  };
  return words[errorCode(error)] ?? messageOf(error);
}

/** An error's own message; of anything else that was thrown, its string. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
