/** The natural languages that the classifier reads. A new language is a file beside this one and a line here. */
import { DE } from "./de.ts";
import { EN } from "./en.ts";
import { ES } from "./es.ts";
import { FR } from "./fr.ts";
import type { LanguageWords } from "./groups.ts";
import { IT } from "./it.ts";
import { JA } from "./ja.ts";
import { KO } from "./ko.ts";
import { NL } from "./nl.ts";
import { PL } from "./pl.ts";
import { PT } from "./pt.ts";
import { RU } from "./ru.ts";
import { ZH } from "./zh.ts";

export const LANGUAGES: readonly LanguageWords[] = [EN, DE, FR, ES, PT, IT, NL, PL, RU, ZH, JA, KO];
