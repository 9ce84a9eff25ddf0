/** Dutch. */
import type { LanguageWords } from "./groups.ts";

export const NL: LanguageWords = {
  code: "nl",
  common:
    `het, een, en, van, voor, met, niet, wij, ik, mij, ons, onze, naar, dat, dit, deze, aan, uit, bij, maar, als, kan, kun, kunnen, moet, moeten, zonder, geen, nog, ook, wordt, worden, welke, waarom, hoe, wat, zijn, graag, alle, je, jij, om, te, tussen, dan`,
  joiners: `en, of`,
  fillers:
    `alsjeblieft, aub, graag, kun je, kan je, kunt u, zou je, wil je, kun je me, ik wil dat je, ik wil, hallo, hoi, ok, oke, dus, nu, dan, en, maar, ook, even, eerst, help me, we moeten, bedankt`,
  words: {
    plan:
      `plan, plannen, plant, gepland, planning, implementatieplan*, stappenplan*, projectplan*, migratieplan*, plan van aanpak`,
    notPlan: `query plan, executieplan, abonnementsplan, gratis plan, terraform plan`,
    implementation:
      `implementeer*, implementer*, geimplementeer*, implementatie*, schrijf/schrijven/schrijft/geschreven, bouw/bouwen/bouwt/gebouwd, maak/maken/maakt/gemaakt, ontwikkel*, codeer/coderen, programmeer*, realiseer*, implementatieplan*`,
    code: `code`,
    notImplementation: `foutcode, statuscode, code review, geschreven in, de build`,
    strategic:
      `architectuur*, ontwerp*, strateg*, afweging*, hoofdoorzaak, grondoorzaak, dreigingsmodel*, threat model, aanvaller*, voor en nadelen, schaalba*, datamodel*, lange termijn, haalbaarheid`,
    analysis:
      `vergelijk*, analyseer*, beoordeel*, hypothese*, oorzaak, oorzaken, redeneer*, denk .. na, denk .. door, hoe kan dit, hoe is dit mogelijk, wat zou, mogelijke oorzaken, verklaring*, onderzoek*, waarschijnlijk*`,
    judgement:
      `risico, risicos, zouden we, moeten we, wat zou jij, zou jij, zou je kiezen, welke zou, raad je aan, aanraden, advies, mening, wat vind je, is het de moeite, zinvol, opties, beter`,
    hypothetical: `zou, zouden`,
    trouble:
      `hoewel, ondanks, toch, storing*, dataverlies, soms, willekeurig, productie, race condition, deadlock*, geheugenlek*, verdwijn*, verdwenen, beveiliging, consistentie, beschikbaarheid, monoliet, dubbel*`,
    steps:
      `stap voor stap, implementatiestappen, codestappen, ontwikkelstappen, bestand voor bestand, commit voor commit, pr voor pr, in welke volgorde .. commits/wijzigingen/prs, volgorde van commits, volgorde van de commits/wijzigingen, welke commits, welke bestanden .. volgorde, splits .. in, verdeel .. in, opdelen, stappenplan*, in taken/stappen/commits/tickets`,
    order: `in welke volgorde, in volgorde, volgorde, stappen, eerst`,
    settled: `we hebben besloten, we hebben gekozen, besloten, afgesproken`,
    make:
      `voeg, toevoeg*, toe te voegen, repareer*, herstel*, los .. op, oplossen, fix, refactor*, extraheer*, vervang*, verwijder*, converteer*, migreer*, zet .. om, stel .. in, instellen, genereer*, documenteer*, pas .. aan, aanpassen, update, integreer*, verbeter*, optimaliseer*, verander*, wijzig*, zorg dat, valideer*, toon, verplaats*, test, vereenvoudig*`,
    artefact:
      `test, tests, endpoint, component, script, functie, klasse, module, formulier, knop, pagina, api, validatie, veld, filter`,
    complaint: `fout, bug, werkt niet, crasht, in plaats van, kapot, verkeerd`,
    clerical:
      `hernoem*, sorteer*, formatteer*, vertaal*, som .. op, opsommen, vat .. samen, samenvat*, inkort*, kort .. in, verhoog .. versie, nummer, lijn .. uit, maak een lijst, geef een lijst, zet .. hoofdletters, alfabetisch*, vervang alle`,
    clericalThing:
      `typfout*, tikfout*, spelling*, spelfout*, commit bericht, commitbericht*, commit message, wijzigingslog, changelog, witruimte, spaties, inspringing, versienummer, titel, alfabetisch*, opsommingstekens, bullets, commentaar, in een zin, bestandsnamen, ongebruikte imports, copyright, licentie header, branchnaam, als csv, als tabel, lege regels`,
    clericalScope: `overal, in alle bestanden, verder niets, alleen de namen`,
    definition:
      `wat is het verschil, verschil tussen, verschil, wat is een, wat is, wat zijn, wat betekent, wat betekenen, leg uit, leg .. uit, uitleggen, waar staat, waarvoor dient, wat doet`,
    question:
      `hoe kan ik, hoe krijg ik, hoe zie ik, hoe werkt, waarom, wanneer, waar, welk commando, welke opdracht, is er een, bestaat er, hoeveel, kan ik, moet ik`,
  },
  heads: { question: `wat, hoe, waar, wie, wanneer, is, welke, welk` },
  negation: {
    before: `zonder, in plaats van, nooit, noch, vergeet, stop met, voordat, voor we`,
    beforeShort: ``,
    around: `niet, niets, geen`,
    after: `komt later, later, is niet nodig, hoeft niet, volgt`,
    not:
      `niet alleen, vergeet niet, waarom niet, niet zeker, weet niet, werkt niet, geen probleem, geen haast, geen idee`,
    ends: `maar, alleen, want, omdat, en, gewoon`,
  },
};
