/** The files in deploy/: what they promise, checked with the tools that are here. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments } from "yaml";
import { proxyWith } from "../support/world.ts";
import { tempFolder } from "../support/disposable.ts";

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)), "utf8");

test("the probes of the manifests and the balancer are answered", async () => {
  await using world = await proxyWith({}, { proxy: 'api_key = "the-proxy-key"' });
  const files = ["kubernetes/proxy.yaml", "kubernetes/replicas.yaml", "haproxy.cfg"].map(read).join("\n");
  const paths = [...files.matchAll(/(?:path:|httpchk GET) (\/[\w/]+)/g)].map(([, path]) => path ?? "");
  assert.equal(paths.length, 5);
  for (const path of paths) {
    const response = await world.get(path);
    await response.body?.cancel();
    assert.equal(response.status, 200, path);
  }
});

test("every container runs without rights and with a read-only root", () => {
  for (const manifest of ["kubernetes/proxy.yaml", "kubernetes/replicas.yaml"].map(read)) {
    for (
      const word of ["runAsNonRoot: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false"]
    ) {
      assert.ok(manifest.includes(word), word);
    }
  }
  assert.match(read("Dockerfile"), /^FROM \S+:nonroot$/m);
  assert.match(read("compose.yaml"), /read_only: true[^]*cap_drop: \[ALL\]/);
});

test("the replicas of the manifests are named and scaled as the balancer and the autoscaler say", () => {
  const [proxies, balancer] = [parse(read("compose.yaml")), read("haproxy.cfg")];
  const names = [...balancer.matchAll(/server \w+ ([\w-]+):3456/g)].map(([, name]) => name);
  assert.deepEqual(names, Object.keys(proxies.services).filter((name) => name.startsWith("proxy-")));
  const [set, , scaler] = parseAllDocuments(read("kubernetes/replicas.yaml")).map((one) => one.toJS());
  const { kind, metadata: { name } } = set;
  assert.deepEqual(scaler.spec.scaleTargetRef, { apiVersion: "apps/v1", kind, name });
  assert.equal(set.spec.replicas, undefined, "the autoscaler says how many");
});

test("the container's user owns the folder that it writes to", () => {
  const [, image = ""] = /^FROM (\S+)$/m.exec(read("Dockerfile")) ?? [];
  const lines = read("Dockerfile").split("\n");
  const owned = lines.indexOf(`COPY --from=${image} --chown=65532:65532 /home/nonroot /data`);
  assert.ok(owned !== -1 && owned < lines.indexOf("VOLUME /data"));
});

const HAS_SYSTEMD = spawnSync("systemd-analyze", ["--version"]).status === 0;

test("the systemd unit is valid", { skip: HAS_SYSTEMD ? false : "systemd-analyze is not installed" }, () => {
  using folder = tempFolder();
  // The program and its manual page need not be installed here.
  const unit = read("terraphim-llm-proxy.service").replace("/usr/bin/terraphim-llm-proxy", "/bin/true")
    .replace(/^Documentation=.*\n/m, "");
  const path = folder.at("terraphim-llm-proxy.service");
  writeFileSync(path, unit);
  execFileSync("systemd-analyze", ["verify", path], { stdio: "pipe" });
});
