import { testRecordings } from "./matrix.ts";

testRecordings("openai-responses");
