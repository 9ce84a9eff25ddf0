import { fromSource } from "../support/program.ts";
import { programSuite } from "../support/program-suite.ts";

programSuite("the program from source", fromSource);
