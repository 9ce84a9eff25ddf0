import { executable } from "../support/executable.ts";
import { programSuite } from "../support/program-suite.ts";
import { workersSuite } from "../support/workers-suite.ts";

programSuite("the executable", () => [executable.file ?? ""], executable.skip);
workersSuite("the executable", () => [executable.file ?? ""], executable.skip);
