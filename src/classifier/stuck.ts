/** What a turn is stuck on: an agent that does the same again, a user who reports the same failure again. Pure. */
import type { Stuck } from "./classification.ts";
import type { Activity, ConversationView, PromptView } from "./prompt/conversation.ts";

/** Once is not stuck. */
const LEAST = 2;

/** What a conversation's turn is stuck on most; undefined: nothing happened twice. */
export function stuckOn(view: ConversationView, reports = reportsInRow(view.prompts)): Stuck | undefined {
  const { repeatedFailures, refusedEdits, repeatedCalls }: Activity = view.currentTurn;
  const all: readonly Stuck[] = [
    { times: repeatedFailures, because: `the same call failed ${repeatedFailures} times in this turn` },
    { times: refusedEdits, because: `${refusedEdits} edits of one file in a row were refused` },
    { times: repeatedCalls, because: `the same call had the same result ${repeatedCalls} times in a row` },
    { times: reports, because: `the user reports a failure for the ${ordinal(reports)} time in a row` },
  ];
  let most: Stuck | undefined;
  for (const one of all) if (one.times >= LEAST && one.times > (most?.times ?? 0)) most = one;
  return most;
}

function ordinal(n: number): string {
  return `${n}${["th", "st", "nd", "rd"][n] ?? "th"}`;
}

/**
 * The latest prompts that are reports of failure, without another prompt between them.
 * @param before how many came before the prompts
 */
export function reportsInRow(prompts: readonly PromptView[], before?: number): number {
  // Nearly all turns end here: reading a prompt costs more than everything else.
  const isStart = prompts.length < LEAST && before === undefined;
  if (isStart || !prompts.slice(0, LEAST).every(mayReport)) return 0;
  let count = 0;
  while (count < prompts.length && isReport(prompts[count]!)) count++;
  return count < prompts.length ? count : count + (before ?? 0);
}

/** A report on what was just tried is short; a longer prompt describes another matter. Characters, pastes not counted. */
const LONGEST_REPORT = 240;
/** Nothing but a paste, or a word or two about it. */
const LONGEST_CAPTION = 30;

/** Whether a prompt is short, but for what may be pasted in it. */
function mayReport({ command, text }: PromptView): boolean {
  return command === undefined && (text.length <= LONGEST_REPORT || text.includes("\n"));
}

/** Whether a prompt says in a few words that what the agent did did not help, or pastes an error without another request. */
function isReport(prompt: PromptView): boolean {
  if (!mayReport(prompt)) return false;
  const speech = prompt.speech.replaceAll("\ufffc", " ").trim();
  if (speech.length > LONGEST_REPORT) return false;
  if (REPORTS.test(speech)) return !ASKS_ANEW.test(speech);
  return prompt.pasted && speech.length <= LONGEST_CAPTION && ERROR_IN_PASTE.test(prompt.text);
}

/** Words that say that it fails still, again or as before, by language. */
const REPORTS = new RegExp(
  [
    // English
    "\\bstill (?:not|no|nothing|does|doesn|do|don|is|isn|the same|same|get|gets|getting|see|seeing|have|having|fail|broken|wrong|error|crash|there|happen|show|miss|\\d{3})",
    "\\b(?:same|another|new) (?:\\w+ )?(?:error|issue|problem|result|thing|bug|crash|failure|message)s?\\b",
    "\\b(?:does|did|is|are|was|has|have)(?:n[’']?t| not) (?:\\w+ ){0,2}(?:work|help|fix|change|show|appear|load|run|compile|start|solve|pass|render)",
    "\\b(?:not|isnt|aint|never) (?:work|fix|help|solv|chang)\\w*",
    "\\b(?:doesnt|didnt|isnt|wont|cant) (?:work|help|fix|change|show|appear|load|run|compile|start)|\\b(?:don[’']?t|do not) (?:work|help|show|appear|load|compile)",
    "^[^?]{0,30}\\bstill\\b[^?]{0,30}$",
    "\\bno (?:change|difference|luck|effect|dice)\\b|\\bnothing (?:changed|happens|happened)\\b|\\bno longer works\\b|\\bstopped working\\b",
    "\\b(?:fail(?:s|ed|ing)?|crash(?:es|ed|ing)?|broken|breaks|broke) (?:again|still|now)\\b|\\b(?:again|still|now) (?:it )?(?:fail|crash|break|broke)",
    "^(?:it |that |this )?(?:fails|failed|crashes|crashed|broke|errors?)\\W*$|^(?:nope|no|wrong)\\W*(?:$|still|same|not)|\\btry again\\b|\\bstill\\W*$|^again\\W*$",
    "\\b(?:get|getting|got|throws?|gives?|have|having|returns?|see) (?:me )?(?:an? |the |this |these |some |now )*(?:\\w+ )?(?:errors?|exceptions?|404s?|500s?|crash(?:es)?|failures?)\\b",
    // German
    "\\b(?:immer noch|noch immer|weiterhin|nach wie vor) (?:nicht|kein|nichts|der|die|das|ein|fehler|kaputt|falsch)|\\b(?:funktioniert|geht|klappt|hilft|läuft) (?:\\w+ ){0,3}nicht\\b|\\b(?:gleiche|selbe|derselbe|dasselbe)\\w* (?:fehler|problem|ergebnis)|\\bwieder (?:ein )?(?:fehler|kaputt)",
    // French
    "\\btoujours (?:pas|la même|le même|une erreur|rien)|\\b(?:ne )?(?:marche|fonctionne|change) (?:toujours |encore )?(?:pas|rien)|\\bmême (?:erreur|problème|résultat)",
    // Spanish, Portuguese, Italian
    "\\b(?:sigue|todavía|aún) (?:sin|no|dando|igual|el|con)|\\bno (?:funciona|sirve|cambia|carga)\\b|\\b(?:el )?mismo (?:error|problema)",
    "\\bainda (?:não|nao|dá|da|o mesmo|com)|\\b(?:não|nao) (?:funciona|funcionou|mudou)|\\bmesmo (?:erro|problema)",
    "\\bancora (?:non|lo stesso|errore)|\\bnon (?:funziona|va|cambia)\\b|\\bstesso (?:errore|problema)",
    // Dutch, Polish, Czech
    "\\bnog steeds\\b|\\bwerkt (?:\\w+ )?niet\\b|\\bzelfde (?:fout|probleem)",
    "\\bnadal\\b|\\bdalej nie\\b|\\bnie działa|\\bten sam (?:błąd|problem)|\\bpořád\\b|\\bnefunguje|\\bstejná chyba",
    // Russian, Ukrainian
    "(?:все|всё) (?:еще|ещё|равно)|по-прежнему|не (?:работает|помогло|изменилось|запускается)|(?:та|такая) же ошибка|опять (?:ошибка|не)|снова ошибка|не працює",
    // Chinese, Japanese, Korean
    "还是(?:不|没|报|有|一样|同样|这样)|還是(?:不|沒|報|有|一樣)|仍然|依然|依旧|没有(?:用|效果|变化|生效|解决)|不(?:行|起作用|生效|能用)|同样的(?:错误|问题)|又(?:报错|失败|出错)|^报错|^不对",
    "まだ(?:だめ|ダメ|動|エラー|治|直|同じ)|(?:動き|動か|直り|直って|変わり|変わら)(?:ま|な|い)|同じ(?:エラー|問題|結果)",
    "여전히|아직도|안 ?(?:돼|되|됨|됩)|똑같은? ?(?:오류|에러|문제)|같은 ?(?:오류|에러|문제)|작동하지 않",
    // Turkish, Vietnamese, Indonesian
    "\\bhala\\b|\\bhâlâ\\b|\\bçalışmıyor|\\baynı hata|\\bvẫn (?:không|lỗi|còn|bị)|\\bmasih (?:error|tidak|belum|sama|gagal)|\\bmasih ga",
  ].join("|"),
  "iu",
);

/** Words of a prompt that goes on to something else. */
const ASKS_ANEW = /\b(?:next|instead|also add|now add|now let[’']?s|new feature|by the way)\b/i;

/** A pasted error, from the programs that developers run. */
const ERROR_IN_PASTE = /error|exception|traceback|\bfatal\b|\bpanic|\bfail/i;
