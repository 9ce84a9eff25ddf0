/** Italian. */
import type { LanguageWords } from "./groups.ts";

export const IT: LanguageWords = {
  code: "it",
  common:
    `il, lo, gli, del, della, dello, dei, delle, degli, un, una, e, per, con, che, come, si, non, nel, nella, nei, sul, sulla, di, al, alla, ai, da, dal, dalla, nostro, nostra, nostri, mio, mia, perche, quando, dove, quale, quali, questo, questa, senza, ma, piu, sono, tra, anche, ogni, tutti, tutte, puoi, c, l, dell, all, nell`,
  joiners: `e, ed, o`,
  fillers:
    `per favore, puoi, potresti, mi puoi, vorrei che, vorrei, ho bisogno che, ho bisogno di, ciao, ok, allora, bene, ora, adesso, poi, e, ma, anche, aiutami a, dobbiamo, bisogna, prima, solo, mi, grazie`,
  words: {
    plan: `piano, piani, pianific*, plan`,
    notPlan:
      `piano di esecuzione, piano della query, piano tariffario, piano dati, piano gratuito/premium/pro/base/annuale/mensile, terraform plan, primo piano, secondo piano, in piano, piano piano`,
    implementation:
      `implement*, scriv*, scritt*, codific*, svilupp*, costru*, crea, creare, crei, creazione, creando, programma/programmare, realizz*`,
    code: `codice, codici`,
    notImplementation:
      `codice di errore, codice di stato, codice postale, codice sorgente, revisione del codice, codice esistente, scritto in, sviluppato in, la build, team di sviluppo, ambiente di sviluppo`,
    strategic:
      `architettur*, progett*, strateg*, compromess*, causa principale, causa radice, modello di minaccia, modello delle minacce, superficie di attacco, attaccante, pro e contro, vantaggi e svantaggi, scalab*, modello dei dati, modello dati, lungo termine, fattibilita`,
    analysis:
      `confront*, analizz*, valuta, valutare, ipotesi, ragion*, come e possibile, come puo, cosa potrebbe, possibili cause, cause, causa, spiegazioni, diagnostic*, invariant*, rifletti, pensa, probabil*`,
    judgement:
      `rischio, rischi, dovremmo, conviene, cosa faresti, faresti, sceglieresti, useresti, consigl*, raccomand*, opinione, parere, cosa ne pensi, vale la pena, ha senso, secondo parere, esagerato, opzioni, e meglio`,
    hypothetical: `potrebbe, dovrebbe, faresti, sarebbe`,
    trouble:
      `anche se, sebbene, nonostante, eppure, incident*, disservizio, perdita di dati, intermittent*, casual*, produzione, concorrenza, deadlock, perdita di memoria, spari*, sicurezza, consistenza, disponibilita, monolite, microservizi, sotto carico, duplicat*`,
    steps:
      `passo passo, passo dopo passo, passi di implementazione, passaggi di implementazione, file per file, commit per commit, pr per pr, modulo per modulo, in che/quale ordine .. commit/modifiche/pr/implementare, ordine dei commit, ordine delle modifiche, quali commit, quali file .. ordine, suddivid*, scompon*, in task/passi/commit/ticket/pr/attivita, lista ordinata, sequenza di commit`,
    order: `in che ordine, in quale ordine, in ordine, ordine, passi, passaggi, prima`,
    settled: `abbiamo deciso, abbiamo scelto, e deciso, concordato, approvat*`,
    make:
      `aggiung*, corregg*, ripar*, sistem*, refactor*, rifattorizz*, estra*, sostitu*, rimuov*, elimin*, togli, convert*, migra, migrare, porta, configur*, install*, genera, generare, documenta, documentare, integra, integrare, modific*, adatt*, cambia, cambiare, aggiorn*, fai in modo, ottimizz*, miglior*, valida, validare, mostra, mostrare, sposta, spostare, separa, semplific*, testa, testare, gestisci`,
    artefact:
      `test, endpoint, componente, script, funzione, classe, modulo, form, pulsante, bottone, pagina, api, validazione, campo, query, filtro`,
    complaint: `errore, bug, non funziona, invece di, sbagliat*, rott*`,
    clerical:
      `rinomin*, ordina, ordinare, formatta*, traduc*, elenca*, riassum*, accorcia*, abbrevia*, incrementa, numera*, indenta*, allinea*, dammi un elenco, fai un elenco, metti .. ordine/maiuscolo/minuscolo, uniforma*, trasforma .. in tabella/elenco/csv, cancella i, rimuovi gli .. spazi/import`,
    clericalThing:
      `messaggio di commit, messaggio del commit, refus*, errori di battitura, errore di battitura, ortograf*, spazi finali, spazi bianchi, indentazione, changelog, note di rilascio, numero di versione, la versione, titolo, ordine alfabetico, alfabetic*, elenco puntato, commenti, in una frase, in una riga, nomi dei file, import inutilizzati, copyright, intestazione di licenza, nome del branch, in csv, tabella markdown, righe vuote, maiuscol*`,
    clericalScope: `in tutti i file, ovunque, nient altro, solo i nomi, cosi com e`,
    definition:
      `cos e, cosa e, che cos e, cosa sono, cosa significa, che significa, qual e la differenza, che differenza, differenza, spiega, spiegami, spiegare, a cosa serve, che cosa fa, cosa fa`,
    question:
      `come posso, come si, come faccio, come vedo, come funziona, perche, quando, dove, quale comando, c e un modo, esiste, quanti, quante, quanto, si puo, e possibile, e normale`,
  },
  heads: { question: `cosa, che, come, quale, quali, chi, posso` },
  negation: {
    before: `non, senza, mai, ne, invece di, evita, evitare, lascia perdere, prima di, smetti di`,
    beforeShort: `niente, nessun, nessuna, nessuno, zero`,
    around: ``,
    after: `piu tardi, dopo, non serve, non e necessario, verra dopo`,
    not:
      `non solo, non dimenticare, non esitare, perche non, non so, non sono sicuro, non funziona, senza dubbio, non importa, nessun problema, niente fretta`,
    ends: `ma, solo, soltanto, perche, e, finche, invece`,
  },
};
