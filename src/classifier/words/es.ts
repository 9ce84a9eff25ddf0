/** Spanish. */
import type { LanguageWords } from "./groups.ts";

export const ES: LanguageWords = {
  code: "es",
  common:
    `el, los, las, del, una, un, y, es, por, para, con, que, como, se, lo, mi, nos, nuestro, nuestra, nuestros, en, al, su, sus, si, cual, cuales, esta, este, esto, estos, sin, pero, cuando, donde, hay, puedes, todos, todas, mas, cada, la, de, desde, entre, sobre, son, ya, muy, porque`,
  joiners: `y, e, o`,
  fillers:
    `por favor, porfa, puedes, podrias, me puedes, puede, necesito que, quiero que, quiero, necesito, me gustaria que, me gustaria, hola, ok, vale, bueno, ahora, luego, despues, y, pero, tambien, entonces, ayudame a, hay que, tenemos que, debemos, primero, solo, me, gracias`,
  words: {
    plan: `plan, planes, planific*, planea, planear, planeemos, planeo, planeamos, planee`,
    notPlan:
      `plan de ejecucion, plan de consulta, plan de datos, plan gratuito/gratis/premium/pro/basico/anual/mensual, plan de precios, planes de precios, terraform plan, segundo plan, primer plan, plan tarifario`,
    implementation:
      `implement*, escrib*, codific*, codea/codear, desarroll*, constru*, crea, crear, creas, cree, creamos, creacion, creando, programa/programar, programame, monta/montar`,
    code: `codigo, codigos`,
    notImplementation:
      `codigo de error, codigo de estado, codigo postal, codigo fuente, revision de codigo, codigo existente, escrito en, desarrollado en, el build, equipo de desarrollo, entorno de desarrollo, base de codigo, codigo de barras`,
    strategic:
      `arquitectur*, disen*, estrateg*, compensaciones, causa raiz, causas raiz, modelo de amenazas, modela* .. amenazas, superficie de ataque, atacante*, pros y contras, ventajas y desventajas, ventajas e inconvenientes, escalab*, modelo de datos, largo plazo, hoja de ruta, postmortem, viabilidad, concesiones, recuperacion ante desastres`,
    analysis:
      `analisis, compara, comparar, comparame, analiz*, evalua, evaluar, hipotesis, razon*, como es posible, como puede ser, que podria, que puede .. mal, salir mal, posibles causas, causas, causa, explicaciones, descart*, diagnostic*, invariante*, argumenta, reflexion*, piensa, pensemos, sopesa, mas probable*, probables`,
    judgement:
      `riesgo, riesgos, deberiamos, debemos, deberia, conviene, que harias, harias, elegirias, escogerias, cual elegirias, cual escogerias, usarias, recomiend*, recomendacion*, recomendarias, tu opinion, opinion, que opinas, que te parece, vale la pena, merece la pena, tiene sentido, segunda opinion, exagerado, mejor opcion, opciones, es mejor`,
    hypothetical: `podria, podrian, deberia, deberian, harias, seria, mitigarias`,
    trouble:
      `aunque, a pesar, sin embargo, incidente*, caida*, perdida de datos, intermitente*, aleatori*, produccion, condicion de carrera, concurrencia, interbloqueo*, fuga de memoria, fuga*, desaparec*, seguridad, consistencia, disponibilidad, regiones, monolito, microservicios, bajo carga, duplicad*, a veces`,
    steps:
      `paso a paso, pasos de implementacion, pasos de codigo, pasos de desarrollo, pasos de programacion, archivo por archivo, fichero por fichero, commit por commit, commit a commit, pr por pr, modulo por modulo, en que orden .. commits/cambios/prs/implementar, orden de los commits/cambios, que commits, que archivos .. orden, divide, dividir, descompon*, desglos*, en tareas/pasos/commits/tickets/prs, lista ordenada, secuencia de commits/cambios, en el orden en que`,
    order: `en que orden, en orden, orden, pasos, primero`,
    settled: `hemos decidido, decidimos, ya decidimos, elegimos, esta decidido, acordamos, aprobad*`,
    make:
      `anad*, agreg*, arregl*, corrig*, correg*, repar*, refactoriz*, extra*, reemplaz*, sustitu*, elimin*, quita/quitar, conviert*, converti*, migra/migrar, porta/portar, configur*, instal*, gener*, documenta/documentar, integra/integrar, modific*, adapt*, cambia/cambiar, actualiz*, haz que, hacer que, optimiz*, mejor*, valida/validar, muestra, mostrar, mueve/mover, soport*, aplica/aplicar, separa/separar, prueba/probar, acelera*, simplific*`,
    artefact:
      `prueba, pruebas, test, tests, endpoint, componente, script, funcion, clase, modulo, formulario, boton, pagina, api, validacion, campo, consulta, filtro`,
    complaint: `error, bug, fallo, falla, no funciona, rechaza, en lugar de, en vez de, mal, roto`,
    clerical:
      `renombra*, cambia el nombre, cambiale el nombre, ordena, ordenar, formatea*, traduc*, lista, listar, listame, enumer*, resum*, acorta*, abrevia*, incrementa, sube la version, sube .. version, numera*, indenta*, alinea*, alfabetiz*, dame una lista, haz una lista, pon .. mayusculas/minusculas/orden, pasa .. mayusculas/minusculas/tabla/csv, unifica*, borra los, elimina los .. espacios/imports/comentarios, quita los .. espacios/imports/comentarios, copia`,
    clericalThing:
      `mensaje de commit, mensaje del commit, errata*, error de tipeo, errores tipograficos, ortograf*, faltas, espacios en blanco, espacios al final, sangria, registro de cambios, changelog, notas de la version, numero de version, titulo, orden alfabetico, alfabetic*, vinetas, lista con vinetas, comentarios, en una frase, en una linea, nombres de archivo*, imports sin usar, copyright, cabecera de licencia, licencia, nombre de rama, nombre para la rama, en csv, tabla markdown, todos los todo, lineas vacias, mayusculas`,
    clericalScope:
      `en todos los archivos, en todo el, en todas partes, nada mas, solo los nombres, sin cambiar, tal cual`,
    definition:
      `que es, que son, que significa, que quiere decir, cual es la diferencia, diferencia, diferencias, explica, explicame, explicar, para que sirve, en que consiste, definicion, que hace`,
    question:
      `como puedo, como se, como hago, como veo, como funciona, por que, cuando, donde, que comando, cual comando, hay alguna, existe, cuantos, cuantas, cuanto, se puede, es posible, es normal`,
  },
  heads: { question: `que, como, cual, cuales, quien, cuando, donde, es, son, puedo, hay` },
  negation: {
    before:
      `no, sin, nunca, ni, tampoco, jamas, en vez de, en lugar de, evita, evitar, olvida, olvidate de, antes de, deja de`,
    beforeShort: `nada de, ningun, ninguna, cero`,
    around: ``,
    after: `mas tarde, mas adelante, despues, luego, no hace falta, no es necesario, vendra despues`,
    not:
      `no solo, no olvides, no te olvides, no dudes, por que no, no se, no estoy seguro, no funciona, sin duda, no importa, no hay problema, no hay prisa, ya no`,
    ends: `pero, sino, solo, solamente, porque, y, hasta, simplemente`,
  },
};
