/** File system errors in words. */

/** The code of a file system error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Why a file cannot be read, in words. */
export function reason(error: unknown): string {
  const words: Record<string, string> = {
    ENOENT: "there is no such file",
    ENOTDIR: "there is no such folder",
    EACCES: "it may not be read",
    EPERM: "it may not be read",
    EISDIR: "it is a folder",
    ELOOP: "its symbolic links lead in a circle",
  };
  return words[errorCode(error)] ?? (error instanceof Error ? error.message : String(error));
}
