/**
 * A proxy as far as its ledger goes, run as a program of its own: adds requests and says so, one line each.
 * Arguments: path, name, how many requests (0: until it is killed), requests a step.
 */
import process from "node:process";
import { Ledger } from "../../src/ledger/ledger.ts";
import { anEnd } from "./sample.ts";

const [path, name, count, step] = process.argv.slice(2);
const most = Number(count) || Infinity;
const ledger = new Ledger({
  path,
  log: (level, message) => void process.stderr.write(`${level}: ${message}\n`),
});
let told = 0;

function add(): void {
  const time = Date.now();
  let lines = "";
  for (let i = 0; i < Number(step) && told < most; i++) {
    const id = `${name}-${told++}`;
    ledger.add(anEnd({ id, time }));
    lines += `${id} ${time}\n`;
  }
  process.stdout.write(lines);
  if (told < most) {
    setTimeout(add, 1);
    return;
  }
  // Asked before the end, as a dashboard would ask: what the file does not take must be in it too.
  process.stdout.write(`counted ${ledger.report({ since: 0 }).requests} ${ledger.state().keeping}\n`);
  ledger.close();
}
add();
