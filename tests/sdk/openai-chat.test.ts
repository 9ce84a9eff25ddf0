import { testRecordings } from "./matrix.ts";

testRecordings("openai-chat");
