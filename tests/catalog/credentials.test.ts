import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialForm, isIssuer } from "../../src/catalog/credentials.ts";

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
const ACCOUNT = { "chatgpt-account-id": "acct" };

for (
  const [credential, issuer, onPlan] of [
    ["sk-ant-oat01-abc", "Anthropic", true],
    ["sk-ant-api03-abc", "Anthropic", false],
    ["sk-or-v1-abc", "OpenRouter", false],
    ["gsk_abc", "Groq", false],
    ["xai-abc", "xAI", false],
    ["AIzaSyAbc", "Google", false],
    ["csk-abc", "Cerebras", false],
    ["sk-proj-abc", "OpenAI", false],
  ] as const
) {
  test(`${credential} is ${onPlan ? "a login" : "a key"} of ${issuer}`, () => {
    const form = credentialForm(credential, {});
    assert.deepEqual([form?.issuer, form?.onPlan === true], [issuer, onPlan]);
  });
}

test("a web token is a login with ChatGPT only with the account that it is for", () => {
  assert.equal(credentialForm(JWT, ACCOUNT)?.issuer, "ChatGPT");
  assert.equal(credentialForm(JWT, {}), undefined);
  assert.equal(credentialForm(JWT, { "chatgpt-account-id": "" }), undefined);
  assert.equal(credentialForm("eyJ.only-two", ACCOUNT), undefined);
});

for (const credential of ["", "Bearer sk-ant-x", " sk-ant-x", "SK-ANT-X", "my-own-key", "größe"]) {
  test(`${JSON.stringify(credential)} has no form that is known`, () => {
    assert.equal(credentialForm(credential, ACCOUNT), undefined);
  });
}

test("a host is its issuer's by its whole name, or as a part of it", () => {
  const form = credentialForm("sk-ant-api03-abc", {})!;
  for (const host of ["anthropic.com", "api.anthropic.com"]) assert.equal(isIssuer(form, host), true, host);
  for (
    const host of ["notanthropic.com", "anthropic.com.evil.example", "openai.com", "com", "", ".anthropic.co"]
  ) {
    assert.equal(isIssuer(form, host), false, host);
  }
});
