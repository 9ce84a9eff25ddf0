/** Polish. */
import type { LanguageWords } from "./groups.ts";

export const PL: LanguageWords = {
  code: "pl",
  common:
    `jest, nie, sie, w, z, na, do, dla, oraz, jak, czy, co, ze, ktory, ktora, ktore, to, ten, ta, po, przez, bez, od, przy, ale, tylko, prosze, nasz, nasze, naszej, mamy, mam, moze, gdy, jaka, jaki, jakie, i, dlaczego, wszystkie, kazdy, zeby`,
  joiners: `i, oraz, lub`,
  fillers:
    `prosze, czy mozesz, czy moglbys, mozesz, moglbys, chce zebys, chcialbym, potrzebuje, czesc, hej, ok, teraz, potem, i, ale, tez, wiec, pomoz mi, musimy, najpierw, tylko, dzieki`,
  words: {
    plan: `plan, plany, planu, planie, planem, planow, zaplanu*, zaplanow*, planuj*, planow*, rozplanuj*`,
    notPlan: `plan wykonania, plan zapytania, plan taryfowy, plan darmowy, darmowy plan, terraform plan`,
    implementation:
      `implement*, zaimplement*, wdroz*, napisz, napisac, pisz, pisania, pisac, zbuduj*, zbudow*, buduj, budow*, stworz*, utworz*, zakoduj, kodow*, opracuj, rozwin*, zaprogramuj`,
    code: `kod, kodu, kodem`,
    notImplementation: `kod bledu, kod pocztowy, przeglad kodu, kod zrodlowy, napisany w`,
    strategic:
      `architektur*, zaprojektuj*, projekt architektury, strateg*, kompromis*, przyczyn* zrodlow*, model zagrozen, powierzchni* ataku, atakujac*, wady i zalety, zalety i wady, skalowaln*, model danych, dlugoterminow*`,
    analysis:
      `porownaj, porownanie, przeanalizuj*, analiz*, ocen, ocenic, hipotez*, przyczyn*, jak to mozliwe, co moglo, wyjasnien*, zbadaj*, prawdopodobn*, uzasadn*, rozwaz*`,
    judgement:
      `ryzyko, ryzyka, czy powinnismy, powinnismy, co bys, wybralbys, ktore .. wybral*, polecasz, zalecasz, rekomend*, opinia, opinie, co sadzisz, warto, ma sens, opcje, lepiej`,
    hypothetical: `moglby, powinien, powinna, bys`,
    trouble:
      `mimo, chociaz, choc, pomimo, awari*, utrat* danych, sporadyczn*, losowo, produkcj*, wyscig*, zakleszczen*, wyciek*, znika*, bezpieczenst*, spojnosc*, dostepnosc*, monolit*, pod obciazeniem, zduplikowan*`,
    steps:
      `krok po kroku, kroki implementacji, kroki kodowania, plik po pliku, commit po commicie, pr po pr, w jakiej kolejnosci .. commit*/zmian*, kolejnosc commitow, kolejnosc zmian, jakie commity, ktore pliki .. kolejnosci, podziel .. na, rozbij .. na, rozpisz .. na, na zadania/kroki/commity/tickety, lista krokow`,
    order: `w jakiej kolejnosci, po kolei, kolejnosc, kolejnosci, kroki, najpierw`,
    settled: `zdecydowalismy, wybralismy, ustalilismy, postanowione`,
    make:
      `dodaj, dodac, napraw*, popraw*, zrefaktor*, wydziel*, wyodrebn*, zastap*, zamien*, usun*, przekonwertuj*, przenies*, zmigruj*, skonfiguruj*, ustaw, zainstaluj*, wygeneruj*, udokumentuj*, zintegruj*, zmien*, zmodyfikuj*, dostosuj*, zaktualizuj*, zoptymalizuj*, ulepsz*, zwaliduj*, pokaz, wyswietl*, obsluz*, przepisz, przetestuj*, uprosc, spraw`,
    artefact:
      `test, testy, testow, endpoint, komponent*, skrypt*, funkcj*, klas*, modul*, formularz*, przycisk*, stron*, api, walidacj*, pole, filtr*`,
    complaint: `blad, bug, nie dziala, zamiast, zepsut*, zle`,
    clerical:
      `przemianuj*, zmien nazwe, zmien .. nazwe, posortuj*, sformatuj*, przetlumacz*, wypisz, wylistuj*, wymien, podsumuj*, streszcz*, skroc*, podbij*, ponumeruj*, wyrownaj*, zrob liste, daj liste, uporzadkuj*, zamien wszystkie`,
    clericalThing:
      `literowk*, ortograf*, wiadomosc commit*, komunikat commit*, opis commit*, tresc commit*, changelog, dziennik zmian, biale znaki, wciec*, numer wersji, wersje, tytul*, alfabetyczn*, punktor*, komentarz*, w jednym zdaniu, nazwy plikow, nieuzywan* import*, copyright, naglowek licencji, nazwa galezi, do csv, puste linie`,
    clericalScope: `wszedzie, we wszystkich plikach, nic wiecej, tylko nazwy`,
    definition:
      `co to jest, czym jest, czym sa, co oznacza, co znaczy, jaka jest roznica, roznica, rozni sie, wyjasnij, wytlumacz, do czego sluzy, po co, co robi`,
    question:
      `jak moge, jak zrobic, jak sprawdzic, jak zobaczyc, jak dziala, dlaczego, kiedy, gdzie, jaka komenda, ktora komenda, ile, czy mozna, czy jest, czy to`,
  },
  heads: { question: `co, jak, jaki, jaka, jakie, kto, czy, gdzie` },
  negation: {
    before: `nie, bez, nigdy, ani, zamiast, zanim, przed, zadnego, zadnych, zapomnij o`,
    beforeShort: `zero`,
    around: ``,
    after: `pozniej, nie jest potrzebn*, niepotrzebn*`,
    not: `nie tylko, nie zapomnij, nie wiem, nie jestem pewien, nie dziala, dlaczego nie, nie ma problemu`,
    ends: `ale, lecz, tylko, bo, i, dopoki`,
  },
};
