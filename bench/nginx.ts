/** nginx as a reverse proxy before the static provider: what a proxy costs that only copies bytes. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { childOf, freePort, Running } from "./processes.ts";
import { find } from "./tools.ts";

/**
 * The two sizes of `client_body_buffer_size`. With the default, a longer body is written to a file before it is sent on;
 * with the other, each of the bodies here stays in memory.
 */
export const NGINX_BUFFERS = [["nginx", "16k"], ["nginx, 256 KB buffer", "256k"]] as const;

/** Starts nginx with one worker. Gives back its address, and its worker's process id. */
export async function startNginx(
  folder: string,
  buffer: string,
  upstreamPort: number,
): Promise<{ readonly running: Running; readonly url: string; readonly worker: number }> {
  const own = join(folder, `nginx-${buffer}`);
  mkdirSync(own, { recursive: true });
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${join(own, name)};`).join("\n");
  const config = join(own, "nginx.conf");
  writeFileSync(
    config,
    `${process.getuid?.() === 0 ? "user root;\n" : ""}daemon off;
worker_processes 1;
pid ${join(own, "pid")};
error_log ${join(own, "error.log")};
events { worker_connections 1024; }
http {
${temporary}
  access_log off;
  client_max_body_size 32m;
  client_body_buffer_size ${buffer};
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
  }
}
`,
  );
  const running = new Running([find("nginx") ?? "nginx", "-c", config, "-e", join(own, "error.log")]);
  let worker: number | undefined;
  await running.until(() => (worker = childOf(running.pid)) !== undefined);
  return { running, url: `http://127.0.0.1:${port}`, worker: worker ?? running.pid };
}
