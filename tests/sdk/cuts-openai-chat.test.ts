import { testCuts } from "./cuts.ts";

testCuts("openai-chat");
