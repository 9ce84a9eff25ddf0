/** French. */
import type { LanguageWords } from "./groups.ts";

export const FR: LanguageWords = {
  code: "fr",
  common:
    `le, la, les, des, du, un, une, et, est, pas, pour, avec, sur, dans, que, qui, quoi, nous, je, moi, mon, ma, mes, notre, nos, ce, cette, ces, au, aux, par, sans, ou,
    comment, pourquoi, quel, quelle, quels, quelles, quand, peux, tu, vous, plus, de, en, ne, il, elle, entre, sont, fais, si, leur, c, l, d, qu, s`,
  joiners: `et, ou`,
  fillers:
    `s il te/vous plait, stp, svp, merci de, merci, peux tu, pourrais tu, pouvez vous, pourriez vous, peux tu me, j aimerais que tu, j aimerais, je voudrais, je veux que tu, il faut, il faudrait, bonjour, salut, ok, alors, bon, maintenant, ensuite, puis, et, mais, juste, d abord, aussi, aide moi a, nous devons, on doit, moi, me, nous`,
  words: {
    plan: `plan, plans, planifi*, planification`,
    notPlan:
      `plan d execution, plan de requete, plan tarifaire, plan gratuit/pro/payant/premium, arriere plan, premier plan, second plan, sur le plan, au plan, terraform plan, plan de metro, plan du site`,
    implementation:
      `implement*, implemantation, ecris, ecrire, ecrivez, ecrit, ecrivons, redige/rediger/redigez, code/coder/codez/codons, developp*, construi*, cree, creer, creez, creation, mise en oeuvre, mettre en oeuvre, mets en oeuvre, realis*, programme/programmer, batis, batir`,
    code: `code, codage`,
    notImplementation:
      `code d erreur, code de retour, code postal, code promo, revue de code, code source, code existant, ecrit en, ecrite en, developpe en, equipe de developpement, environnement de developpement, le build, a ete cree, base de code, developpeur*`,
    strategic:
      `architecture*, concois, concevoir, concevez, conception, strateg*, compromis, cause racine, causes racines, cause profonde, modele de menace*, modelise* .. menaces, surface d attaque, attaquant*, avantages et inconvenients, pour et le contre, scalab*, montee en charge, modele de donnees, long terme, feuille de route, post mortem, faisabilite, reprise apres`,
    analysis:
      `compare/comparer/comparez, analys*, evalue/evaluer/evaluez, hypothese*, reflechi*, raisonn*, comment est ce possible, comment expliquer, qu est ce qui pourrait, qu est ce qui peut, causes possibles/probables, cause, causes, explication*, pistes, quels scenarios, scenario*, risque de casser, invariant*, point* de non retour, inquiet*, diagnosti*, par ordre de probabilite, probable*`,
    judgement:
      `risque, risques, devrait on, devons nous, faut il, est ce que je devrais, doit on, que ferais tu, ferais tu, choisirais tu, tu choisirais, lequel, laquelle, lesquels, recommand*, conseil*, ton avis, votre avis, avis, vaut il mieux, vaut mieux, vaut la peine, vaut le coup, pertinent*, justifi*, second avis, que penses tu, qu en penses tu, surdimensionn*, quel choix`,
    hypothetical: `pourrait, pourraient, devrait, devraient, ferais, serait`,
    trouble:
      `alors que, bien que, pourtant, malgre, panne*, incident*, perte de donnees, intermittent*, aleatoire*, en production, concurrence, interblocage*, fuite memoire, fuite*, disparai*, disparu*, securite, coherence, disponibilite, regions, monolithe*, microservices, sous charge, double*`,
    steps:
      `etape par etape, pas a pas, etapes d implementation, etapes de developpement, etapes de code, etapes du code, fichier par fichier, commit par commit, pr par pr, module par module, dans quel ordre .. commits/modifications/pr/implementer/coder, ordre des commits/modifications/pr/changements, quels commits, quels fichiers .. ordre, decoup*, decompos*, en taches/etapes/commits/tickets/pr, liste ordonnee, suite de commits, sequence de commits, dans l ordre ou .. code*/implement*/developp*`,
    order: `dans quel ordre, dans l ordre, etapes, d abord, en premier, ordre, l une apres l autre`,
    settled:
      `on a decide, nous avons decide, nous avons choisi, on a choisi, c est decide, decision prise, valide`,
    make:
      `ajout*, corrig*, repar*, refactor*, refactoris*, extrai*, remplac*, supprim*, enlev*, convert*, migre/migrer/migrez, porte/porter, mets en place, mettre en place, mets .. a jour, configure/configurer, installe/installer, genere/generer, documente/documenter, integre/integrer, modifi*, adapt*, change/changer, fais en sorte, optimis*, amelior*, gere/gerer, valide/valider, branche/brancher, affich*, deplac*, renforc*, simplifi*, accelere*, ecris .. tests, fais/faire marcher`,
    artefact:
      `test, tests, endpoint, composant, script, fonction, classe, module, formulaire, bouton, page, api, validation, champ, requete`,
    complaint: `bug, bogue, erreur, plante, ne marche pas, ne fonctionne pas, au lieu de, faux, casse`,
    clerical:
      `renomm*, tri/trie/trier/triez, formate/formater, reformate*, traduis, traduire, traduisez, list/liste/lister/listez, resume/resumer/resumez, raccourci*, incremente/incrementer, mets .. en majuscules/minuscules/gras, numerot*, indente/reindent*, aligne/aligner, classe* par ordre, range/ranger, nettoie .. imports/espaces, supprime .. espaces/imports, passe la version, passe .. version, monte .. version, donne moi la liste, fais la liste, fais une liste, recopie*, uniformis*`,
    clericalThing:
      `message de commit, message du commit, coquille*, faute* de frappe, faute* d orthographe, orthographe, fautes, espaces en fin, espaces inutiles, indentation, journal des modifications, changelog, notes de version, numero de version, titre de la pr, titre, ordre alphabetique, alphabetique, liste a puces, puces, commentaires, en une phrase, en une ligne, noms de fichiers, imports inutilis*, copyright, en tete de licence, licence, nom de branche, en csv, tableau markdown, todo, lignes vides, majuscules`,
    clericalScope:
      `partout, tous les fichiers, rien d autre, seulement les noms, sans toucher, tel quel, ne change rien d autre`,
    definition:
      `c est quoi, qu est ce que, qu est ce qu, quelle est la difference, difference entre, difference, que signifie, que veut dire, ca veut dire, a quoi sert, a quoi ca sert, explique, expliquer, expliquez, definition, signifie, que fait`,
    question:
      `comment je, comment faire, comment puis je, comment peut on, comment on, comment fonctionne, comment savoir, comment voir, pourquoi, quelle commande, ou se trouve, ou est, ou sont, quand, est ce que, est il, y a t il, existe t il, combien`,
  },
  heads: { question: `comment, quel, quelle, quels, quelles, qui, que, ou` },
  negation: {
    before:
      `sans, ne, n, ni, jamais, aucun, aucune, inutile de, pas besoin de, pas besoin d, pas la peine de, plutot que, au lieu de, au lieu d, evite de, evite, evitez, arrete de, arrete, oublie, laisse tomber, avant de, avant d, avant que`,
    beforeShort: `pas de, pas d, pas encore, zero, rien a`,
    around: `pas, rien`,
    after: `plus tard, viendra plus tard, viendra apres, inutile, n est pas necessaire, attendra`,
    not:
      `pas seulement, n oublie pas, n oubliez pas, n hesite pas, pas a pas, ne que, pourquoi ne pas, pas sur de, je ne sais pas, ne sais pas, pas de probleme, sans doute, sans faute, n importe, ne marche pas, ne fonctionne pas`,
    ends: `mais, juste, seulement, plutot, car, parce, puis, et, uniquement`,
  },
};
