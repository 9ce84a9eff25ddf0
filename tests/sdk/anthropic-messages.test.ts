import { testRecordings } from "./matrix.ts";

testRecordings("anthropic-messages");
