/**
 * Orders to carry out a plan that exists: `implement the plan`, `führ den Plan aus`, `按计划执行`. They are `build`, though
 * they hold the words of a plan to implement.
 */

/** English; without the flag `u`, by which Bun takes ten times as long for it. */
const ENGLISH_ORDER =
  /^\W*(?:(?:ok(?:ay)?|yes|now|please|great|good|go ahead and|then|so|lets|let's)\W+){0,3}(?:implement|execute|carry out|follow|apply|start|begin|continue(?: with)?|proceed with|go (?:on )?with|build|do|finish|work through|resume)\s+(?:(?:with|on|the rest of|all of|steps?|phases?|tasks?|parts?|milestones?|stages?|points?|items?|number|no\.?|[0-9a-z]{1,3}|and|to|through|of|in|from|-|–|#|,)\s*){0,8}(?:the|this|that|your|our|my|above|following|approved|agreed)\s+(?:\w+\s+){0,2}plan\b/i;

/** Words before the order, in the other languages. */
const FILLERS = String
  .raw`[^\p{L}\p{N}]*(?:(?:ok(?:ay)?|s[ií]|vale|ahora|bien|entonces|por favor|adelante|oui|d'accord|maintenant|alors|parfait|ja|gut|dann|jetzt|bitte|nun|sim|agora|ent[aã]o|s[iì]|allora|ora|perfetto|tak|teraz|да|давай|хорошо|теперь|тогда|好的?|可以|はい|네)[^\p{L}\p{N}]+){0,3}`;

/** A part of the plan: `Phase 2`, `étape 3`, `1-4`. */
const PART = String.raw`(?:\p{L}{3,12}\s+)?(?:[0-9]{1,2}|[0-9]{1,2}[-–][0-9]{1,2}|all|toutes|todo|alle)`;

/** The orders of other languages that begin with the verb: the verb, what may be between, and the plan. */
const VERB_FIRST: readonly (readonly [verb: string, between: string, plan: string])[] = [
  [ // Spanish
    "implement(?:a|ar|e|emos|á)|ejecut(?:a|ar|e|emos|á)|aplic(?:a|ar|á)|apliquemos|sigue|seguir|segu[ií]|lleva a cabo|(?:empieza|comienza|empezar|procede|contin[uú]a|sigue|vamos|adelante) con",
    String.raw`\s+(?:(?:la|el|los|las)\s+${PART}\s+del|el|este|ese|tu|nuestro|mi|todo el)\s+`,
    String.raw`plan(?!\p{L})`,
  ],
  [ // French
    "impl[ée]mente[rz]?|ex[ée]cute[rz]?|applique[rz]?|suis|suivez|suivre|mets en (?:œuvre|oeuvre|place)|met en place|lance|(?:commence[rz]?|continue[rz]?|proc[èe]de|vas-y) (?:avec|par)",
    String.raw`\s+(?:(?:la |l['’])\s*${PART}\s+du|le|ce|ton|notre|mon|tout le)\s+`,
    String.raw`plan(?!\p{L})`,
  ],
  [ // German, with the verb's second half behind the plan or none
    "implementiere?|f[uü]hre?|setze?|setzt|arbeite|folge|befolge|(?:beginne?|starte?|fang|mach(?: weiter)?|weiter) mit",
    String
      .raw`\s+(?:(?:bitte|jetzt|nun|mal|dann)\s+)*(?:${PART}\s+(?:des|vom|aus dem)|de[nm]|diese[nm]|deine[nm]|unsere[nm]|den ganzen)\s+`,
    String.raw`plan(?:s|es)?(?!\p{L})`,
  ],
  [ // Portuguese
    "implement(?:a|e|ar)|execut(?:a|e|ar)|apli(?:ca|que|car)|siga|segue|(?:come[çc]a|comece|continue|continua|prossiga|segue) com",
    String.raw`\s+(?:(?:a|o)\s+${PART}\s+do|o|esse|este|seu|teu|nosso|meu|todo o)\s+`,
    String.raw`plano(?!\p{L})`,
  ],
  [ // Italian
    "implementa(?:re)?|esegui(?:re)?|applica(?:re)?|segui|attua|(?:procedi|inizia|continua|comincia|parti) con",
    String.raw`\s+(?:(?:la|il)\s+${PART}\s+del|il|questo|quel|tuo|nostro|mio|tutto il)\s+`,
    String.raw`piano(?!\p{L})`,
  ],
  [ // Dutch
    "implementeer|voer|volg|(?:begin|start|ga verder|ga door) met",
    String.raw`\s+(?:(?:nu|maar|even)\s+)*(?:${PART}\s+van het|het|dit|dat|je|ons|mijn)\s+`,
    String.raw`plan(?!\p{L})`,
  ],
  [ // Polish, Czech
    "wykonaj|zrealizuj|realizuj|wdr[oó][zż]|zaimplementuj|prove[dď]|implementuj|vykonej|spus[tť]",
    String.raw`\s+(?:(?:ca[lł]y|ten|tw[oó]j|nasz|cel[yý])\s+)?`,
    String.raw`pl[aá]n(?!\p{L})`,
  ],
  [ // Russian, Ukrainian
    "выполни(?:те)?|выполняй(?:те)?|реализуй(?:те)?|реализовать|осуществи|исполни|внедри|следуй(?:те)?|приступай(?:те)? к|действуй по|виконай|реалізуй",
    String.raw`\s+(?:(?:этот|твой|весь|наш|этому|нашему|цей|${PART})\s+)?`,
    String.raw`план(?:у|а)?(?!\p{L})`,
  ],
  [ // Turkish, Indonesian, Vietnamese
    "uygula|jalankan|laksanakan|ikuti|implementasikan|eksekusi|kerjakan|thực hiện|triển khai|làm theo",
    String.raw`\s+(?:(?:bu|şu|theo)\s+)?`,
    String.raw`(?:planı|rencana(?:nya)?|plan(?:nya)?|kế hoạch)(?!\p{L})`,
  ],
];

const VERB_FIRST_ORDER = new RegExp(
  `^${FILLERS}(?:${VERB_FIRST.map(([verb, between, plan]) => `(?:${verb})${between}${plan}`).join("|")})`,
  "iu",
);

/** The orders of languages that name the plan first, or write no spaces. */
const PLAN_FIRST_ORDER = new RegExp(
  "^" + FILLERS + "(?:" + [
    // Chinese
    "(?:请|那|就|现在|开始|继续)*(?:按照?|根据|依照|照着?)(?:你|我们|这个|该|上述|以上|上面|刚才|这份|的){0,3}(?:计划|方案)(?:来|去|直接|开始|一步步|逐步|继续)*(?:执行|实施|实现|开发|修改|做|进行|写|推进|重构)",
    "(?:请|那|就|现在|开始|继续)*(?:执行|实施|落实)(?:这个|该|上述|以上|上面|刚才|这份|你|我们|的){0,3}(?:计划|方案)(?:$|[吧了。！!，,\\s])",
    // Japanese
    "(?:では|じゃあ|それでは|はい)?[、,\\s]*(?:この|その|上記の|先ほどの|さっきの)?(?:実装)?(?:計画|プラン|plan)\\s*(?:を|に従って|に沿って|通り|どおり|の通り|に基づいて)に?、?(?:実装|実行|実施|進め|開始|作業)",
    // Korean
    "(?:이제\\s*|그럼\\s*)?(?:이|그|위|해당)?\\s*(?:구현\\s*)?(?:계획|플랜)(?:을|대로|에 따라)\\s*(?:실행|구현|진행|시작|적용)",
    // Turkish
    "(?:bu\\s+|şu\\s+)?(?:planı|plana göre)\\s+(?:uygula|hayata geçir|gerçekleştir|yürüt|başla)",
  ].join("|") + ")",
  "iu",
);

/** A word for a plan in one of these languages. */
const PLAN = /plan|plán|piano|план|计划|方案|計画|プラン|계획|플랜|rencana|kế hoạch/iu;

/** Files and marks at the head: `@docs/queue-plan.md implement this plan`. */
const MENTIONS = /^(?:\s*[@#][^\s@#]\S*)+\s*/;

/** Characters of a prompt whose later sentences are read, too. */
const SHORT = 200;

/** The beginning of the sentence at the end of a text. */
const LAST_START = /[.!?。！？\n]\s*(?=[^.!?。！？\n]*$)/;

/** The end of a sentence behind which nothing comes. */
const LAST_END = /^[^.!?。！？\n]*[.!。！\s]*$/;

/** What follows a plan that may come before its verb: Chinese, Japanese or Korean letters, or Turkish endings. */
const MAY_COME_FIRST = /[ı\u2e80-\uffff]|plana/i;

/**
 * The words by which a prompt orders to carry out a plan that exists; undefined: it does not. They begin the prompt, or,
 * in a short one that speaks of no plan before, its last sentence: `you are in agent mode now. implement the plan`.
 */
export function orderToCarryOut(prompt: string): string | undefined {
  const text = prompt.slice(0, 300).replace(MENTIONS, "");
  const at = PLAN.exec(text)?.index;
  if (at === undefined) return undefined;
  const found = orderAt(text, at);
  if (found !== undefined || prompt.length > SHORT) return found;
  const start = LAST_START.exec(text.slice(0, at));
  if (start === null || !LAST_END.test(text.slice(at))) return undefined;
  const begin = start.index + start[0].length;
  return orderAt(text.slice(begin), at - begin);
}

/** The order at the beginning of a text whose first word for a plan is at `at`; where that comes first, no verb is before it. */
function orderAt(text: string, at: number): string | undefined {
  const order = at > 0 && text.charCodeAt(at) < 0x2e80
    ? ENGLISH_ORDER.exec(text) ?? VERB_FIRST_ORDER.exec(text)
    : null;
  return (order ?? (MAY_COME_FIRST.test(text.slice(at, at + 6)) ? PLAN_FIRST_ORDER.exec(text) : null))?.[0]
    .trim();
}
