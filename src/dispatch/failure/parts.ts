/**
 * What a refusal means, from the parts of its sentence: a subject (the prompt's length, a rate, the account, a model, a
 * feature) and what is said of it (exceeded, disabled, not found, not supported). No sentence of any provider is listed
 * here, so that the next provider's is understood as well; `wordings.ts` lists what no rule can know.
 */
import type { FailureClass } from "../../model/failure.ts";
import type { Scope } from "./failure.ts";

/** A rule: all of one group of parts, and none of the others. The first one that fits decides. */
interface Rule {
  readonly class: FailureClass;
  readonly scope?: Scope;
  /** Each is looked for in the lower-case text. */
  readonly all: readonly RegExp[];
  readonly none?: readonly RegExp[];
  /** The statuses that it may explain; undefined: an error inside a 200 answer. */
  readonly status: (status: number | undefined) => boolean;
}

/** What the parts of a sentence say. */
export interface Read {
  readonly class: FailureClass;
  readonly scope?: Scope;
}

// Subjects, and what is said of them.

const PER_MINUTE = /(?:per[ _-]?|\/ )(?:second|min(?:ute)?)\b|\b[rtq]p[ms]\b|per (?:60 )?seconds/;
const RATE =
  /rate[ _-]?limit|throttl|too many (?:concurrent )?(?:requests|calls)|(?:request|call)s? (?:rate|frequency)|per[ _-]?hour|frequen(?!cy[ _]penalty)|concurren|\bqps\b|slow(?:ing)? ?down|burst|too (?:fast|quickly)|限流|限速|限频|频率|频繁|并发|速率|请求过多/;
const PERIOD =
  /(?:per[ _-]?|\/ )(?:day|week|month)|\bdaily|weekly|monthly|(?<!local )\btotal requests? limit|\b[rt]pd\b|(?:5|five)[ -]?hours?|\b(?:this|current) (?:day|week|month)|billing (?:cycle|period)|(?:for|of) today\b|today's\b|每日|每天|每周|每月/;
const MONEY =
  /balance|credits?\b|billing|payment|recharge|top[ -]?up|arrear|overdue|prepa(?:id|y)|\bfunds\b|spend(?:ing)?\b|(?<!token )(?<!thinking[ _])budget\b|余额|欠费|充值/;
const QUOTA =
  /quota|allocation|package (?:has |is )?expired|(?:usage|plan|account|subscription|free[ -]tier|trial|session|inference|consumption)(?:'s)? (?:limit|cap)|free (?:tier|trial|usage|allowance)|extra usage|included (?:requests|usage|credits)|额度|配额|限额|套餐|用量|余量|limit (?:for|of) (?:your|this) (?:plan|account)/;
const SPENT =
  /exceed|exhaust|reached|\bhit\b|used up|(?:all|have) used|used all|(?:does|do|did)(?: not|n't) have (?:any|enough|sufficient)|ha(?:s|ve) no\b|not active|check your (?:plan|billing)|(?:enter|add|update|provide) (?:an? |your )?(?:valid )?(?:payment|billing)|top(?:ping)? up|purchase|out of|too low|insufficient|not enough|deplet|r[au]n out|expired|overdue|arrear|negative|requires?\b|required\b|needs?\b|\bno (?:remaining|more|longer)|below|draw from|add more|not sufficient|discontinued|has ended|ended on|不足|用尽|用完|耗尽|上限|失败|超|欠/;
const LIMITED = /limit|too many|exceed|reached|exhaust|\bhit\b|used up|超|上限/;

const WINDOW =
  /context[ _-]?(?:length|window|size|limit|budget)|上下文|n_ctx|\bmax_(?:model|seq|prompt|input|context|total)\w*_?(?:len\w*|tokens?)|(?:model'?s?|model has an?) (?:token|context|input)s? (?:limit|length|window)|max(?:imum)?(?: allowed)? (?:model|context|prompt|input|sequence|message|total)s? (?:length|tokens?|size|len|characters?)|inputs?[`'"]? tokens? ?(?:\+|plus)|(?:input|prompt|sequence|message|conversation|token)s?[ _]?length|token (?:limit|budget)|tokens? (?:allowed|permitted)|(?:input|prompt) tokens? count|输入长度|最大长度/;
const PROMPT =
  /\b(?:prompts?|inputs?|messages?|conversation|sequence|text|history|chat|request (?:has|contains|of|is|with|was|exceed)|requested|contents?|query|document)\b|prompt_tokens|输入|提示/;
/** A prompt that is too long, in so few words that they say so at any status. */
const TOO_LONG = /\b(?:prompt|input|context)(?: is| was)? too (?:long|large|big)\b/;
const LENGTH = /tokens?\b|\blength\b|\blong\b|\blonger\b|长/;
const EXCESS =
  /exceed|too (?:long|large|many|big)|(?:long|larg|great|bigg|high)er than|more than|(?:less|few|small|low)(?:er)? than|over(?:flow|s)?\b|maximum|\bmax\b|\blimit|range|at most|up to|\bonly\b|, but\b|must be (?:<|≤|under|below)|<=|shorten|truncat|reduce|(?:not|n't) fit|out of space|doesn't allow|超|压缩|过长|太长|最大/;
const LONG =
  /exceed|too (?:long|large|many|big)|(?:long|larg|great|bigg|high)er than|more than|less than|fewer than|reduce the (?:length|size|number)|shorten|(?:not|n't) fit|overflow|truncat|> ?\d|limit of|超|过长|太长/;
/** Limits on something else than the prompt: the answer, one field, a list. */
const FIELD =
  /\bstring\b|\barray\b|\bcharacters?\b|\bitems?\b|\bmetadata\b|\bdescription\b|\bstop sequences?\b|\btools\b|(?:output|completion) tokens|\bmax_(?:completion_|output_|new_)?tokens\b|budget_tokens|\bimages?\b.{0,20}\b(?:size|mb|pixels|dimension)/;
/** A field's own length, whatever the field is. */
const FIELD_LENGTH = /\bstring\b.{0,60}\b(?:length|long)|\barray\b.{0,40}\b(?:length|long)/;

const ACCOUNT =
  /\b(?:account|organi[sz]ation|credentials?|api[ _-]?key|api[ _-]?token|subscription|workspace|tenant|oauth(?: token)?|access token|bearer token|auth(?:entication|orization)?(?: token| header| parameter)?|membership|(?:your|this|the|current)(?: \w+){0,2} (?:project|team|plan|tier|login|licen[sc]e))\b|(?:the|this|your)(?: current)? ak|密钥|账号|账户|令牌|鉴权|认证/;
const REFUSED =
  /disabled|suspen|deactivat|\bbann?ed|blocked|locked|inactive|frozen|terminated|not (?:been |yet )?(?:authori[sz]ed|allowed|permitted|enabled|verified|valid|active|eligible|available|in good standing)|unauthori[sz]ed|unauthenticated|only authori[sz]ed|only (?:available|allowed)|forbidden|denied|expired|revoked|verif(?:y|ied)|verification(?: is)? required|real-?name|restricted|irregular|violation|must be (?:verified|upgraded)|does ?n[o']t (?:have|allow|include|cover|permit|exist)|cannot be used|can ?n[o']t be used|good standing|no longer (?:active|valid)|unavailable (?:for|to) (?:your |this |the )?(?:account|organi[sz]ation|workspace)|无效|过期|禁用|封禁|封号|锁定|冻结|停用|注销|未授权|无权|实名/;
const BAD_KEY =
  /(?:invalid|incorrect|wrong|expired|missing|revoked|malformed|no|unknown|provide an?|disabled|verify your)(?: \w+){0,2} (?:api[ _-]?key|api[ _-]?token|credentials?|access token|bearer token|oauth token|auth(?:entication|orization)? (?:token|header|credentials?))|(?:api[ _-]?key|credentials?|access token|oauth token|authorization header)s?(?: \w+){0,4} (?:invalid|incorrect|expired|missing|revoked|disabled|not valid|not found|not recogni[sz]ed|not provided|rejected|wrong)|authentication (?:failed|error|required|fails)|(?:access|permission) denied|permission[ _](?:denied|error)|you (?:do not|don't) have (?:the )?permission|access (?:to(?: \w+){1,4} )?(?:has been|have been|was|is)? ?(?:temporarily |permanently )?(?:blocked|terminated|revoked|suspended|restricted|paused)|operation (?:is )?not (?:allowed|permitted)|密钥(?:无效|错误)|third[ -]party (?:apps?|clients?|tools?|harness)/;
const PLACE =
  /(?:location|region|countr(?:y|ies)|territor(?:y|ies)|jurisdiction|地区|区域)(?:,? \w+){0,4} (?:not|isn't|aren't|un)[ -]?(?:supported|available|allowed|permitted|served|unsupported)|(?:not|un)(?:supported|available| supported| available| allowed| permitted| served) (?:in|from) (?:your|this|the)(?: current)? (?:country|region|location|territory)|unsupported (?:country|region|location)|不支持.{0,10}地区/;
const GONE =
  /(?:\bmodel|deployment|engine|endpoint|模型)(?:.{0,120})(?:not (?:be )?(?:found|exist|available|known|valid|recogni[sz]ed|loaded|installed|deployed|activated|opened?|running|started)|does ?n[o']t exist|did not exist|is ?n[o']t (?:available|supported)|not a (?:valid|known|supported)|unknown|unrecogni[sz]ed|decommission|deprecat|retired|sunset|discontinued|no longer|unavailable|marked(?: \w+){0,3} as legacy|taken offline|not on the|not activate|has no (?:access|permission)|不存在|未开通|已下线)|(?:unknown|invalid|no such|unsupported|unrecogni[sz]ed|nonexistent|not a valid|not found:?) (?:provider for )?(?:model|deployment)|no (?:endpoints? found for|allowed providers|model (?:named|called|found|matching|with))|(?:supported|available|valid|allowed)(?: api)? models? (?:names |ids )?(?:are|is|include)\b|try pulling|could not find (?:the )?model|cannot find (?:the )?model|\bmodel (?:id|identifier|name|code)\b(?: \S+){0,3} (?:is )?(?:invalid|incorrect|wrong|unknown)/;
const ACCESS =
  /(?:not|n't|no|without|lacks?|need|request)(?: \w+){0,3} (?:access|permission|allowed|authori[sz]ed|entitled|eligible)(?: \w+){0,6} (?:models?|deployment|engine|模型)|(?:models?|模型).{0,80}(?:(?:not|n't|no|without)(?: \w+){0,3} (?:access|permission|entitled|eligible|allowed|authori[sz]ed)|permission|access (?:is )?(?:denied|restricted)|gated|无权)|(?:not|n't)(?: yet)? (?:agreed|accepted|consented)(?: \S+){0,6} models?\b|access to (?:this|the)(?: \S+)? model|unable to access(?: \S+){0,3} model/;
/** A model that the account's plan or tier does not have, whatever else is said of money. */
const PLAN =
  /\bmodel access (?:is )?denied|access to model denied|\bmodels?\b(?: \S+){0,8} (?:requires?|needs?)(?: \S+){0,3} (?:subscription|plan|tier|membership|acceptance|agreement|approval|opt[ -]?in)|\bmodels?\b(?: \S+){0,3} (?:not|n't)(?: yet| currently)? (?:included |available |part |covered |offered |enabled )?(?:in|on|of|by|with|under|for) (?:(?:your|the|this|our)(?: \S+){0,2} )?(?:plan|subscription|tier|package|membership)\b|access to (?:this|the) models?(?: \S+){0,3} (?:allowed|limited|reserved|available) (?:for|to|only)|(?:plan|subscription|tier|package)\b(?: \S+){0,3} (?:does ?n[o']t|not)(?: yet)? (?:include|cover)(?! (?:any )?(?:api|programmatic)\b)|\bmodels?\b(?: \S+){0,2} support (?:the |your )?\w+ (?:plan|tier|subscription)\b|套餐\S*(?:未开放|不包含|不支持)/;
/** A model that its maker has given up. */
const RETIRED =
  /\bmodel\b.{0,40}? (?:has been |is |was |marked )(?:\w+ ){0,4}(?:legacy|retired|decommissioned|discontinued|sunset|end[- ]of[- ]life)\b/;
/** A model that the account's rules about its data keep it from. */
const DATA_RULES = /data (?:retention|policy|collection)|guardrail/;
const UNMATCHED = /no endpoints|(?:not|n't|no)(?: \w+){0,2} (?:available|allowed|match)/;
/** Who may use it is the sender's program, not the account. */
const CLIENTS =
  /(?:only (?:be used|available|authori[sz]ed|allowed|supported|intended)|restricted|limited|exclusive)(?: \w+){0,3} (?:coding agents?|authori[sz]ed (?:app\w*|clients?)|official (?:app\w*|clients?)|first[- ]party|whitelisted)/;
/** The template that makes a model's prompt of a request cannot take this one: other models have others. */
const TEMPLATE = /\bjinja\b|chat[ _]template/;
const FAILING = /error|fail|exception|cannot|could not|unable|not callable/;
/** A thing that the request names and that is not there: an item, a file, an earlier response. */
const OBJECT =
  /\b(?:item|response|conversation|thread|container|file|batch)s?(?:(?: with)? id)?:? ['"`[]?[a-z]*[-_/]?\w*\d[\w-]*['"`\]]? (?:was |were )?(?:not found|does ?n[o']t exist|or it may not exist|has expired)|\bfile not found: \S*\d/;
/** What an account has done, so that its requests are refused until somebody lifts it. */
const MISUSE = /fair[ -]us(?:e|age)\b|does not comply|restore access/;

const FEATURE =
  /text input|image|vision|multi-?modal|picture|photo|\baudio|video|\bpdf|\bdocuments?\b|\bfiles?\b|attachment|\btools?\b|tool_|function[ _-]?call|\bfunctions\b|structured|json[_ ](?:schema|mode|object)|response_format|output_config|text\.format|reasoning|thinking|\beffort\b|parameters?\b|arguments?\b|system (?:message|prompt|role|instruction)|developer (?:role|message|instruction)|\brole\b|stream|logprobs|\bstop\b|temperature|top_[pk]|penalty|\bseed\b|modalit|cache_control|caching|service_tier|prefill|web[ _]search|图片|图像|多模态|工具|参数/;
const UNABLE =
  /(?:does|do|did|can|could|is|are|will)(?: not|n't)(?: yet| currently| be)? (?:support|accept|handle|process|read|take|allow|implement|use|used|see|view|enabled?|available)|cannot (?:read|process|accept|handle|use|see|view|be used)|(?:not|never|isn't|aren't|un)[ -]?(?:yet |currently )?(?:supported|implemented|multi-?modal|a (?:multi-?modal|vision|tool)|capable|available)|no (?:endpoints?|providers?|models?)(?: \w+){0,3} (?:support|match|handle|accept)|only (?:supported|support|supports|available|accepts?)|is mandatory|cannot be (?:disabled|turned off)|requires? --|text[- ]only|lacks? (?:vision|image|tool|support)|不支持/;
/** A model that does not support something, whatever that is. */
const LACKING_MODEL =
  /does not work with the specified model|(?:is|are) (?:not |un)(?:available|supported|allowed|enabled|permitted) (?:for|on|with|by) (?:this|the|that) model|\b(?:model|deployment|endpoint)\b.{0,60} (?:does|do)(?: not|n't)(?: \w+)? (?:support|accept|handle) /;

/** A header that a provider wants and that no client can know of. */
const LACKING_HEADER = /missing(?: the)?(?: required)? [\w-]+-[\w-]+ header/;

/** More pictures, pages or sound than a provider takes in one request: others take more. */
const MUCH_MEDIA =
  /too (?:much|many) (?:\w+ )?(?:media|images?|pictures?|pages?|files?|documents?|attachments?)|(?:maximum|limit|more than|at most|up to)(?: \w+){0,2} \d+ (?:\w+ )?(?:images?|pages?|files?|documents?|attachments?)/;

/** Pictures or sound that a server cannot take, though it calls that a failure of its own. */
const UNABLE_MEDIA = /\b(?:image|images|vision|audio|video)\b(?: \w+){0,2} (?:is|are) not supported|mmproj/;

/** What the model wrote was not what it had to be: another answer may be. */
const BOTCHED =
  /failed[_ ]generation|failed to (?:call a function|generate json)|model (?:generated|produced|returned)(?: \w+){0,3} (?:that could not be parsed|invalid)|model produced invalid/;
/** A server of one's own cannot bring the model up. */
const UNLOADED =
  /(?:failed|unable) to load (?:the )?model|(?:could not|cannot) load (?:the )?model|error loading model|model (?:has |was |is )?(?:crashed|unloaded)|model failed to load/;

const BUSY =
  /overload|(?:at|over|no|insufficient|limited|exceeded|out of|lack of|enough|max(?:imum)?)(?: \w+){0,2} capacity|capacity (?:\w+ )?(?:exceeded|constraint|limit|reached)|not (?:yet )?ready\b|(?:currently|still) loading|(?:currently|too|very|is|are) busy|high (?:demand|load|traffic)|heavy load|temporarily (?:unavailable|limited|out of|at)|saturat|no available (?:channel|server|worker|instance|backend|replica)|no (?:healthy|free|more|other) (?:upstream|server|worker|instance|backend|data ?cent(?:er|re))|server is full|\bdegraded\b|worker\b.{0,40} limit reached|engine is currently|queue is full|resources? (?:are )?(?:insufficient|unavailable)|繁忙|过载|负载/;
const LATER = /try(?: \w+)? again later|retry later|service (?:is )?(?:currently )?unavailable|稍后/;

const UNSAFE =
  /content[ _-]?(?:policy|management policy|filter|moderation|violation)|moderation|flagged|safety (?:policy|system|setting|filter|check)|sensitive (?:content|information|words?|data)|inappropriate|(?:usage|acceptable use) polic|violat\w+(?: \w+){0,5} (?:polic|terms|guideline)|data ?inspection|unsafe|prohibited|harmful|censor|\bcontent\b(?: \w+){0,6} blocked|敏感|违规/;
/** A filter's words that would be an account's as well: `permission-denied`, "API key ID". */
const VIOLATES =
  /\b(?:content|prompts?|inputs?|outputs?|images?|messages?)\b(?: \w+){0,4} violat\w+|failed check: safety|content exists risk|considered high risk|\bi ?(?:can(?:no|['’])?t|am unable to|won['’]t) (?:help|assist)\b/;

// Statuses.

const any = () => true;
const clientSide = (status: number | undefined) => status === undefined || (status >= 400 && status < 500);
const spoken = (status: number | undefined) => clientSide(status) && status !== 429;
const serverSide = (status: number | undefined) => status !== undefined && status >= 500;
const notKeys = (status: number | undefined) => spoken(status) && status !== 401;

/** In the order in which they are tried. */
const RULES: readonly Rule[] = [
  { class: "content_refused", all: [VIOLATES], status: spoken },
  { class: "bad_request", scope: "request", all: [OBJECT], status: spoken },
  { class: "refused_credentials", all: [ACCOUNT, MISUSE], status: clientSide },
  { class: "refused_credentials", all: [ACCOUNT, /封禁|封号|锁定|冻结/], status: clientSide },
  { class: "refused_credentials", scope: "key+model", all: [CLIENTS, /\bmodel\b/], status: clientSide },
  { class: "refused_credentials", all: [CLIENTS], status: clientSide },
  { class: "server_error", scope: "request", all: [BOTCHED], status: any },
  { class: "server_error", all: [UNLOADED], status: any },
  { class: "model_unknown", all: [PLAN], status: clientSide },
  { class: "model_unknown", all: [RETIRED], status: clientSide },
  { class: "model_unknown", all: [DATA_RULES, UNMATCHED], status: notKeys },
  { class: "rate_limited", all: [PER_MINUTE, LIMITED], status: any },
  { class: "quota_exhausted", all: [PERIOD, /used up/], status: any },
  { class: "quota_exhausted", all: [PERIOD, LIMITED], none: [WINDOW], status: any },
  { class: "model_unknown", all: [ACCESS], none: [MONEY, QUOTA], status: notKeys },
  {
    class: "refused_credentials",
    scope: "key+model",
    all: [ACCOUNT, REFUSED, /\bmodels?\b|\bbeta\b|long context|模型/],
    none: [MONEY, QUOTA, /not (?:found|exist)/],
    status: notKeys,
  },
  { class: "refused_credentials", scope: "key+model", all: [PLACE, /\bmodels?\b|模型/], status: spoken },
  { class: "refused_credentials", scope: "provider", all: [PLACE], status: spoken },
  { class: "context_overflow", all: [WINDOW, EXCESS], none: [MONEY, FIELD_LENGTH], status: spoken },
  {
    class: "context_overflow",
    all: [PROMPT, LENGTH, LONG],
    none: [MONEY, FIELD, RATE, QUOTA],
    status: spoken,
  },
  {
    class: "context_overflow",
    all: [WINDOW, /exceed|too (?:long|large)|(?:larg|great|long)er than/],
    none: [MONEY, FIELD, RATE],
    status: serverSide,
  },
  {
    class: "context_overflow",
    all: [TOO_LONG],
    none: [MONEY, RATE],
    status: (status) => spoken(status) || serverSide(status),
  },
  { class: "unsupported", all: [UNABLE_MEDIA], status: serverSide },
  { class: "unsupported", all: [MUCH_MEDIA], none: [MONEY, RATE, QUOTA], status: notKeys },
  { class: "quota_exhausted", all: [MONEY, SPENT], none: [RATE], status: any },
  { class: "quota_exhausted", all: [QUOTA, SPENT], none: [RATE], status: any },
  { class: "rate_limited", all: [RATE], none: [BUSY], status: any },
  { class: "unsupported", all: [FEATURE, UNABLE], none: [BUSY], status: notKeys },
  { class: "unsupported", all: [TEMPLATE, FAILING], status: any },
  { class: "unsupported", all: [LACKING_MODEL], none: [BUSY], status: notKeys },
  { class: "unsupported", all: [LACKING_HEADER], none: [ACCOUNT, BAD_KEY], status: notKeys },
  { class: "refused_credentials", all: [BAD_KEY], status: spoken },
  { class: "refused_credentials", all: [ACCOUNT, REFUSED], none: [FEATURE, GONE], status: clientSide },
  { class: "model_unknown", all: [GONE], none: [BUSY], status: notKeys },
  { class: "content_refused", all: [UNSAFE], status: spoken },
  { class: "overloaded", all: [BUSY], status: any },
  { class: "overloaded", all: [LATER], status: clientSide },
];

/** What the parts of a text say; undefined: nothing that is known. `text`: see {@link textOf}. */
export function readParts(text: string, status: number | undefined): Read | undefined {
  return RULES.find(({ all, none = [], status: fits }) =>
    fits(status) && all.every((part) => part.test(text)) && !none.some((part) => part.test(text))
  );
}

/** Types that say no more than the status does, and numbers of a service: `ModelArts.81019` is not about a model. */
const GENERAL =
  /^(?:rate_limit_error|rate_limited|permission_error|invalid_?request(?:_?error)?|bad_?request(?:_?error)?|invalid_?parameter(?:_error)?|validation_?(?:error|exception)|invalid_?argument|api_?error|error|server_?error|internal_?(?:server_?)?error|badrequest|unknown|[a-z]+\.\d+)$/i;

/** The name of one of Google's quotas: `aiplatform.googleapis.com/…_tokens_per_minute_per_base_model`. */
const METRIC = /^[a-z]+\.googleapis\.com\/[a-z_]+$/;

/** More of a message is not read: what a refusal is about comes first. Characters. */
const MOST_READ = 2000;

/**
 * What a provider said, in lower case: its codes as words (`quotaExceeded` is "quota exceeded"), then the message. Addresses
 * are skipped: that of a billing page says nothing about the account.
 */
export function textOf(codes: readonly string[], message: string): string {
  const words = codes.filter((code) => !GENERAL.test(code)).map((code) =>
    code.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[_.\-]+/g, " ")
  );
  const said = message.slice(0, MOST_READ).replaceAll("\u2019", "'").replace(
    /https?:\/\/\S+|\b[\w.-]+\.(?:com|ai|org|dev|cn|io)\/\S+/g,
    (address) => METRIC.test(address) ? address.replaceAll("_", " ") : " ",
  );
  return [...words, said].join(" · ").toLowerCase();
}

/** Words that show that a refusal is about the request itself. */
const REQUEST =
  /invalid|malformed|missing|required?\b|\bmust\b|expected|unprocessable|bad request|not (?:allowed|permitted)|unknown (?:parameter|field|argument|name|value|key)|unrecogni[sz]ed|unsupported|\bfields?\b|parameter|argument|property|schema|\bjson\b|pars(?:e|ing)|messages?\b|\broles?\b|tool_|\btools\b|temperature|max_|tokens|\bempty\b|duplicate|\bbody\b|\bprompt\b|参数|格式/i;

/**
 * Whether a 400 or 422 speaks of the request: its code or its words name what is wrong with it. A single word says less than
 * the status does.
 */
export function speaksOfRequest(
  codes: readonly string[],
  message: string,
  param: string | undefined,
): boolean {
  return param !== undefined || REQUEST.test(message) || /^\S+$/.test(message.trim()) ||
    codes.some((code) =>
      /invalid|bad_?request|validation|unsupported|missing|malformed|schema|parameter/i.test(code)
    );
}

/**
 * Whether a gateway passes on what the provider behind it said of itself or of the gateway's account there: nothing of that
 * is about the user's own key.
 */
export function isRelayed(text: string): boolean {
  return /(?:error from|upstream) provider\b|provider returned error|upstream (?:request|call|service)? ?(?:failed|error)|request to upstream/
    .test(text);
}

/** Whether what was said holds for one model rather than for the account. `model`: the target's. */
export function namesModel(text: string, model: string): boolean {
  if (
    /per[ _-]?(?:project[ _-]?per[ _-]?)?(?:base[ _-]?)?model\b|permodel|bymodel|for (?:the|this)(?: \S{1,80})? model|(?:capacity|quota|limit) on (?:the|this) model|for model\b|model'?s (?:quota|limit)|inference limit/
      .test(text)
  ) {
    return true;
  }
  const name = model.toLowerCase();
  return name.length > 3 && (text.includes(name) || text.includes(name.slice(name.lastIndexOf("/") + 1)));
}
