/** Certificates for tests, made by openssl when they are needed. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";

/** Why tests with certificates are skipped; false: they are not. */
export const noCertificates: string | false = spawnSync("openssl", ["version"]).status === 0
  ? false
  : "openssl is not installed";

export interface Pair {
  readonly cert: string;
  readonly key: string;
  readonly certPath: string;
  readonly keyPath: string;
}

/** A certificate that signs itself, in two files of a folder. `names`: as openssl writes them, `DNS:localhost`. */
export function certificate(folder: string, name: string, names = "DNS:localhost,IP:127.0.0.1"): Pair {
  const [certPath, keyPath] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"],
    ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`],
    ...["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", keyPath, "-out", certPath],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  return { cert: readFileSync(certPath, "utf8"), key: readFileSync(keyPath, "utf8"), certPath, keyPath };
}

/** A configuration of the documentation with a certificate that is there; without openssl it has none. */
export function withCertificate(toml: string, folder: string): string {
  if (!toml.includes("/etc/tls/")) return toml;
  if (noCertificates !== false) return toml.replace(/^tls_.*$/gm, "");
  certificate(folder, "proxy");
  return toml.replaceAll("/etc/tls/", `${folder}/`);
}

/** The name of the certificate that a server shows. */
export function shownBy(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.on("error", reject);
  });
}

/** An answer over HTTPS from a server whose certificate is this one. @throws where it shows another */
export function getFrom(
  url: string,
  ca: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => void (text += part));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end();
  });
}
