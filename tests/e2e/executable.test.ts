import { executable } from "../support/executable.ts";
import { programSuite } from "../support/program-suite.ts";

programSuite("the executable", () => [executable.file ?? ""], executable.skip);
