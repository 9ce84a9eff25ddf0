/** The proxy's own certificate: `[proxy] tls_cert` and `tls_key`. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { reason } from "../../files/errors.ts";
import { readText } from "../../files/read.ts";
import { canonicalHost } from "../../text/hosts.ts";
import type { Tls } from "../config.ts";
import type { Report } from "../problem.ts";
import type { ProxyBlock } from "../schema/sections.ts";
import { othersCanRead } from "../source/env.ts";
import { pathInFile } from "../source/paths.ts";
import type { Env } from "../source/references.ts";

/** Where the files of a certificate are looked for. */
export interface CertificatePlaces {
  /** Relative paths start here. */
  readonly folder: string;
  readonly env: Env;
  /** The files are added: they are watched. */
  readonly files: Set<string>;
}

type Key = "tls_cert" | "tls_key";

/** Reads the pair, and reports what is wrong with it. @returns undefined: there is none, or it cannot be used */
export function readTls(block: ProxyBlock, report: Report, places: CertificatePlaces): Tls | undefined {
  const { tls_cert: certPath, tls_key: keyPath } = block;
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined) {
    const [there, missing] = keyPath === undefined
      ? ["tls_cert", "tls_key"] as const
      : ["tls_key", "tls_cert"] as const;
    report.problem(["proxy", there], `needs ${missing} too: a certificate and its private key.`);
    return undefined;
  }
  const cert = pemOf("tls_cert", certPath, report, places);
  const key = pemOf("tls_key", keyPath, report, places);
  const certificate = cert && certificateOf(cert, report);
  const secret = key && privateKeyOf(key, report);
  if (certificate === undefined || secret === undefined) return undefined;
  if (!certificate.x509.checkPrivateKey(secret.object)) {
    const words = `${secret.path} is not the private key of the certificate in ${certificate.path}.`;
    report.problem(["proxy", "tls_key"], words);
    return undefined;
  }
  if (othersCanRead(secret.path)) {
    const advice = `other users of this machine can read the private key: chmod 600 ${secret.path}`;
    report.warn(["proxy", "tls_key"], advice);
  }
  return { cert: certificate.text, key: secret.text, names: namesOf(certificate.x509) };
}

/** A file that was read. */
interface Pem {
  readonly path: string;
  readonly text: string;
}

function pemOf(key: Key, written: string, report: Report, places: CertificatePlaces): Pem | undefined {
  if (report.hasUnresolved(["proxy", key])) return undefined;
  const path = pathInFile(written, places.folder, places.env);
  places.files.add(path);
  try {
    return { path, text: readText(path) };
  } catch (error) {
    report.problem(["proxy", key], `${path} cannot be read: ${reason(error)}.`);
    return undefined;
  }
}

function certificateOf(pem: Pem, report: Report): Pem & { readonly x509: X509Certificate } | undefined {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(pem.text);
  } catch {
    report.problem(["proxy", "tls_cert"], `${pem.path} has no certificate.`, {
      expected: 'a PEM file that begins with "-----BEGIN CERTIFICATE-----"',
    });
    return undefined;
  }
  if (Date.parse(x509.validTo) < Date.now()) {
    report.warn(["proxy", "tls_cert"], `the certificate ended on ${x509.validTo}: clients refuse it.`);
  }
  return { ...pem, x509 };
}

function privateKeyOf(pem: Pem, report: Report): Pem & { readonly object: KeyObject } | undefined {
  try {
    return { ...pem, object: createPrivateKey(pem.text) };
  } catch {
    const what = /ENCRYPTED/.test(pem.text)
      ? "is encrypted: the proxy needs it without a passphrase."
      : "has no private key that can be used.";
    report.problem(["proxy", "tls_key"], `${pem.path} ${what}`, {
      expected: 'a PEM file that begins with "-----BEGIN PRIVATE KEY-----"',
    });
    return undefined;
  }
}

/** The names and addresses that a certificate is for (RFC 5280, 4.2.1.6), in their one spelling. */
function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  return subjectAltName.split(/,\s*/).flatMap((entry) => {
    const [, name] = /^(?:DNS|IP Address):(.+)$/.exec(entry) ?? [];
    if (name === undefined) return [];
    return [name.startsWith("*.") ? name.toLowerCase() : canonicalHost(name) ?? name.toLowerCase()];
  });
}
