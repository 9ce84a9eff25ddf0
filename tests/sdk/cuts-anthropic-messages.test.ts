import { testCuts } from "./cuts.ts";

testCuts("anthropic-messages");
