/** nginx as a reverse proxy before the static provider: what a proxy costs that only copies bytes. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { childOf, freePort, Running } from "./processes.ts";
import { find } from "./tools.ts";

/** One way to set nginx up. */
export interface Nginx {
  readonly name: string;
  /** Connections to the provider are kept, and no line is logged for a request. */
  readonly tuned: boolean;
  /** A longer body is written to a file before it is sent on. @default nginx's own, 16 KB */
  readonly buffer?: string;
}

/** As it comes, with `proxy_pass` and nothing else; then tuned, in two steps. One worker each, which is the default. */
export const NGINX: readonly Nginx[] = [
  { name: "nginx", tuned: false },
  { name: "nginx tuned", tuned: true },
  { name: "nginx tuned, 256 KB buffer", tuned: true, buffer: "256k" },
];

/** Starts nginx. Gives back its address, and its worker's process id. */
export async function startNginx(
  folder: string,
  { name, tuned, buffer }: Nginx,
  upstreamPort: number,
): Promise<{ readonly running: Running; readonly url: string; readonly worker: number }> {
  const own = join(folder, name.replaceAll(/\W+/g, "-"));
  mkdirSync(own, { recursive: true });
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${join(own, name)};`).join("\n");
  const config = join(own, "nginx.conf");
  writeFileSync(
    config,
    `${process.getuid?.() === 0 ? "user root;\n" : ""}daemon off;
pid ${join(own, "pid")};
error_log ${join(own, "error.log")};
events {}
http {
${temporary}
${buffer === undefined ? "" : `  client_body_buffer_size ${buffer};\n`}${
      tuned ? tunedServer(port, upstreamPort) : plainServer(port, upstreamPort, join(own, "access.log"))
    }
}
`,
  );
  const running = new Running([find("nginx") ?? "nginx", "-c", config, "-e", join(own, "error.log")]);
  let worker: number | undefined;
  await running.until(() => (worker = childOf(running.pid)) !== undefined);
  return { running, url: `http://127.0.0.1:${port}`, worker: worker ?? running.pid };
}

const plainServer = (port: number, upstreamPort: number, log: string): string =>
  `  access_log ${log};
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${upstreamPort}; }
  }`;

const tunedServer = (port: number, upstreamPort: number): string =>
  `  access_log off;
  keepalive_requests 1000000000;
  upstream provider {
    server 127.0.0.1:${upstreamPort};
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }`;
