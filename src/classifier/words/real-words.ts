/**
 * Words that look like a slip of the finger in one of the key words and are words themselves: "crate" is not a mistyped
 * "create". Never taken for the key word.
 */
export const REAL_WORDS: ReadonlySet<string> = new Set(
  `
  able ache aches adit alight align anther aply apple apply archie architect aright audio audit automata
  bach bade badge ballets bank bash bast bath beak beatify billets blat blats bloc bonded brig brunches
  budd buid build built bult bum bump bumps cache caches came case cases catch cerate clan clean cleans
  clod cod code codes coding cods coed cold coma comas compete compos compote cont cooing cop copy core
  cores coun count court cove cover covers covert crate crated crates crating creat crete cunt daft deign
  deigned deigning deigns design designed done draft drafts emil ensue enure escapee exports expos farmat
  finnish firs fist form forms from garb gash groped guild has hash heeding hell hied hover imparts import
  imports inert ink inset instill label lables laod larges lean lent lest licensee lien lign lint list
  lists lit load loads loan mash match mere meting minuets moaning mode modes move mover moves mumber nigh
  node nodes nuder number oder order over own pan panned panning pans pare pares pars past pate pease
  pettier petty pint plain plains plane planed planes plans plant port ports pots probe probes prot prove
  quash quite quote quotes race races raft ran rang rank reactor reap remove remve reset resign resigned
  rest rests rewrote rim risk risks rite rites ruse sack sacle sage sake sale sand sands sate scale scales
  scare sell selling set sets short shorten shot sill sing singe slit sole sore sort sped spilling spilt
  sport squash stack stael stag stage stan steam step steps stip stops stor storm strip strom stye sum
  summaries summery tab tabs tack tailing tails tall tally tanks teak teat test tests thee tidy tile tiles
  tilted tiny tip title tittle tittles toady trace trails tread treat tree trialing trim trip tsst umber
  update updates warding warp while whit white whites wire wired wires wit won wries writ write writes
  writing writs yea year zip
`.trim().split(/\s+/),
);
