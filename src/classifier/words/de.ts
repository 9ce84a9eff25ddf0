/** German. */
import type { LanguageWords } from "./groups.ts";

export const DE: LanguageWords = {
  code: "de",
  common:
    `der, die, das, und, ist, nicht, ein, eine, einen, einem, einer, fur, mit, auf, von, wie, warum, wir, ich, mir, uns, bitte, dass, den, dem, des,
    zu, zum, zur, im, aus, bei, nach, oder, aber, wenn, kann, kannst, soll, sollen, sollten, ohne, keine, keinen, kein, noch, nur, auch, sich, wird, werden, welche, welcher, was bedeutet, unser, unsere, unseren, unserem, alle, dieser, dieses, diese`,
  joiners: `und, oder`,
  fillers:
    `bitte, kannst/konntest/kannste du, kannst/konntest du mir/uns, konnten/konnen sie, konnten/konnen sie mir/uns, mal, bitte mal, also, und, jetzt, nun, dann, hallo, hi, ok, okay, ja, ich mochte/wurde dass du, wurdest du, ich brauche, wir brauchen, dass du, danke, hilf mir, mir, uns, zuerst, danach, auch, eben, kurz, schnell, einfach`,
  words: {
    plan:
      `plan, plane, plant, plans, planen, planst, plante, geplant, geplante, geplanten, planung, planungen, durchplanen, einplanen, einplant,
      implementierungsplan*, umsetzungsplan*, entwicklungsplan*, projektplan*, migrationsplan*, massnahmenplan*, arbeitsplan*, realisierungsplan*, aktionsplan*, testplan*, kapazitatsplanung, sprintplanung, umsetzungsplanung, vorgehensplan*`,
    notPlan:
      `auf dem plan, plan id, tarif plan, terraform plan, plan tarif, nach plan, im plan enthalten, kostenlosen/freien/aktuellen/jeweiligen plan`,
    implementation:
      `implementier*, implementiere/implementieren/implementierung, umsetzung, umsetzen, umsetz*, umzusetzen, setze .. um, setz .. um, setzen .. um, umgesetzt, schreib/schreibe/schreiben/schreibst/schreibt/geschrieben, baue/bauen/bau/baust/gebaut, einbauen/einzubauen/einbaust/eingebaut, erstell*, entwickl*, entwickel*, programmier*, codieren/coden/codest, realisier*, implementierungsplan*, umsetzungsplan*, entwicklungsplan*, realisierungsplan*, umsetzungsplanung, anlegen`,
    code: `code, codes, quellcode, quelltext`,
    notImplementation:
      `fehlercode, statuscode, code review, im code, build/builds, geschrieben in, entwicklungsumgebung*, entwicklungsteam*, entwicklerteam*, gebaut auf`,
    strategic:
      `architektur*, entwurf, entwirf, entwerfe, entwerfen, konzipier*, konzept*, strategie*, strategisch*, abwagung*, ursachenanalyse*, grundursache*, bedrohungsmodell*, bedrohungsanalyse*, angriffsflache*, angreifer*, vor und nachteile, vor nachteile, vorteile und nachteile, fur und wider, skalierbar*, skalierung, ausfallsicher*, datenmodell*, zielbild, langfristig, machbarkeit*, sicherheitsanalyse*, schwachstellenanalyse`,
    analysis:
      `denkbar*, alle wege, alle moglichkeiten, ursache/ursachen, hypothese*, vergleiche, vergleich, vergleichen, bewerte, bewerten, beurteile, beurteilen, analysier*, analyse, untersuch*, durchdenk*, denk .. durch, denke .. durch, denk .. nach, denke .. nach, uberleg*, wie kann das sein, wie ist das moglich, woran kann/konnte/liegt, woher kommt, was konnte, was kann .. schiefgehen, schiefgehen, begrunde, mit begrundung, plausib*, wahrscheinlichste*, priorisier*, erklarungen, invariante*, wage .. ab, abwagen`,
    judgement:
      `ob wir, ob es sich, ob ich, risiko, risiken, wurdest du, welche/welchen/welcher/welches .. wurdest, sollten wir, sollen wir, sollte ich, soll ich, lohnt sich, lohnt es, deine meinung, meinung, einschatzung, empfiehlst, empfehlung, empfehlen, ratst du, was haltst du, wie siehst du, sinnvoll, uberdimensioniert, zweite meinung, lieber, oder doch, besser`,
    hypothetical: `wurde, wurdest, konnte, konnten, sollte, sollten`,
    trouble:
      `obwohl, trotzdem, dennoch, ausfall*, datenverlust, sporadisch*, gelegentlich, unter last, produktion, race condition, deadlock*, speicherleck*, verschwind*, verschwunden, doppelt*, sicherheit, konsistenz, mandant*, skalieren, monolith*, nur wenn, alle paar, inkonsistent*`,
    steps:
      `schritt fur schritt, implementierungsschritt*, umsetzungsschritt*, entwicklungsschritt*, programmierschritt*, codeschritt*, datei fur datei, commit fur commit, pr fur pr, in welcher reihenfolge .. commits/anderungen/prs/umsetzen/implementieren/bauen, reihenfolge der commits/anderungen/prs, reihenfolge .. commits/prs/anderungen/umsetzen, welche dateien .. reihenfolge, welche commits, in commits/teilaufgaben/arbeitsschritte/aufgaben/tickets/schritte/prs/etappen, zerleg*, aufgabenliste, arbeitspakete*, brich .. herunter, teile .. auf`,
    order:
      `in welcher reihenfolge, der reihe nach, reihenfolge, zuerst, nacheinander, schritte, kleine schritte`,
    settled:
      `wir haben uns .. entschieden, ist entschieden, steht fest, beschlossen, ist beschlossen, abgestimmt, entschieden`,
    make:
      `fug*, hinzufug*, hinzuzufugen, erganz*, beheb*, behoben, reparier*, korrigier*, fix, fixe, fixen, refaktor*, refactor*, extrahier*, ersetz*, entfern*, losch*, richte .. ein, einricht*, einzurichten, konvertier*, migrier*, portier*, wandle, umwandeln, stell .. um, stelle .. um, umstellen, baue .. um, umbauen, generier*, dokumentier*, pass .. an, passe .. an, anpassen, anzupassen, aktualisier*, integrier*, binde .. ein, einbinden, optimier*, verbesser*, andere, andern, mach, mache, sorge dafur, unterstutz*, validier*, erweiter*, teste, zeig .. an, verschieb*, lager .. aus, lagere .. aus, auslagern, vereinfach*, beschleunig*, absicher*`,
    artefact:
      `test, tests, testfall, endpunkt, endpoint, komponente, skript, funktion, klasse, modul, filter, formular, knopf, button, schnittstelle, feld, seite, unit tests`,
    complaint:
      `fehler, bug, absturz, sturzt ab, funktioniert nicht, geht nicht, falsch, kaputt, statt, wird abgelehnt`,
    clerical:
      `umbenenn*, benenn*, benenne .. um, sortier*, formatier*, alphabetisch*, liste .. auf, auflisten, aufzulisten, zahl .. auf, zahle .. auf, ubersetz*, kurz .. ab, kurze, kurzen, zusammenfass*, fass .. zusammen, fasse .. zusammen, erhohe .. version, erhoh* .. auf, hebe .. an, ruck .. ein, rucke .. ein, einrucken, nummerier*, bereinig*, vereinheitlich*, gib mir eine liste, aufraum*, raum .. auf, verschieb* .. dateien/ordner, ersetz* alle/uberall, losch* alle, entfern* alle, entfern* die .. leerzeichen/ausgaben/importe`,
    clericalThing:
      `tippfehler*, rechtschreib*, schreibfehler*, commit nachricht*, commitnachricht*, commit message, anderungsprotokoll*, changelog, leerzeichen, einruckung*, zeilenende*, leerzeilen, versionsnummer*, patch version, lizenzkopf*, lizenzheader*, copyright*, stichpunkt*, stichworte*, aufzahlung*, dateinamen, branchnamen, branch namen, pr titel, titel, kommentare, ungenutzt* importe/imports, jahreszahl*, in einem satz, als tabelle, in eine tabelle, als csv, todos, grossbuchstaben, kleinbuchstaben, ubersetzungsdatei*`,
    clericalScope:
      `uberall, in allen dateien, sonst nichts, nichts anderes, nur die namen, unverandert, so lassen`,
    definition:
      `was ist der/die/das/ein/eine, was ist eigentlich, was bedeutet, was bedeuten, was heisst, was sind, unterschied, unterscheid*, erklare, erklar*, wofur steht, wozu dient, wozu, was macht`,
    question:
      `wie kann ich, wie bekomme ich, wie mache ich, wie lasst sich, wie finde ich, wie sehe ich, wie komme ich, welcher befehl, welchen befehl, warum, weshalb, wieso, wann, wo ist/wird/sind/finde/liegt, gibt es, wie viel*, woran erkenne, muss ich, kann man, wie funktioniert, wie geht`,
  },
  heads: { question: `was, wie, wo, wer, wann, ist, sind, kann, welche, welcher, welches` },
  negation: {
    before: `ohne, statt, anstatt, anstelle, niemals, weder, vergiss, spar dir, lass, bevor`,
    beforeShort: `bitte nicht`,
    around: `nicht, nichts, nie, kein, keine, keinen, keinem, keiner, keinerlei`,
    after: `kommt spater, spater, reicht spater, ist nicht notig, ist unnotig, entfallt, folgt`,
    not:
      `nicht nur, nicht vergessen, vergiss nicht, warum nicht, nicht sicher, noch ein, noch eine, noch einen, noch etwas, noch mal, nicht mehr, wie noch, kein problem, keine ahnung, keine eile`,
    ends: `aber, sondern, nur, weil, denn, und, stattdessen, lediglich, bloss`,
  },
};
