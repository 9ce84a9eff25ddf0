/** Words as a header's value: visible ASCII on one line (https://www.rfc-editor.org/rfc/rfc9110#section-5.5). */

/** Signs of our own texts that ASCII has a likeness of. */
const LIKENESS: Readonly<Record<string, string>> = {
  "→": "->",
  "…": "...",
  "–": "-",
  "—": "-",
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
};
const MOST = 1000;

/** At most 1,000 characters; what ASCII has no likeness of is percent-encoded UTF-8. */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length > MOST ? text.slice(0, MOST) : text;
  return text.replace(/[\r\n\t]+/g, " ").replace(/[^\x20-\x7e]/gu, (sign) => LIKENESS[sign] ?? encoded(sign))
    .slice(0, MOST);
}

function encoded(sign: string): string {
  try {
    return encodeURIComponent(sign);
  } catch {
    return "?"; // half of a surrogate pair
  }
}
