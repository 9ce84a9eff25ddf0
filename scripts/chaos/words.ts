/** What is asked and answered: each request has a number, and each answer says whose it is and to what. */

const MARK = /#(q\d+)#/;

/** A prompt that carries its number. */
export function promptOf(id: string): string {
  return `#${id}# say something`;
}

/** The number in a request's body. */
export function idIn(body: string): string | undefined {
  return MARK.exec(body)?.[1];
}

const FILLER = "and so it went on, word for word, ü€😀 and all, until everything was said; ";

/** The only right answer of a provider to a request: long for some, short for most. */
export function answerOf(provider: string, id: string): string {
  const number = Number(id.slice(1));
  const length = number % 23 === 0 ? 400 : number % 5;
  return `${provider} to ${id}: ${FILLER.repeat(length)}`;
}

/** Which provider an answer says it is from. */
export function speakerOf(text: string): string | undefined {
  return /^([\w-]+) to q\d+: /.exec(text)?.[1];
}
