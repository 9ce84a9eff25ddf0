/** Portuguese. */
import type { LanguageWords } from "./groups.ts";

export const PT: LanguageWords = {
  code: "pt",
  common:
    `o, os, as, do, da, dos, das, um, uma, e, no, na, nos, nas, para, com, que, como, se, por, pelo, pela, nosso, nossa, nossos, meu, minha, em, ao, aos, seu, sua, qual, quais, isso, este, esta, esse, essa, sem, mas, quando, onde, voce, nao, mais, todos, todas, cada, sao, depois, so, entre, ja, muito, porque, ou`,
  joiners: `e, ou`,
  fillers:
    `por favor, pode, poderia, voce pode, voce poderia, me, preciso que, quero que, quero, preciso, gostaria que, gostaria, ola, oi, ok, bom, agora, depois, e, mas, tambem, entao, ajude me a, me ajuda a, temos que, precisamos, primeiro, so, obrigado, da pra, vamos`,
  words: {
    plan: `plano, planos, planej*, planeia, planear, planeie, planeamento`,
    notPlan:
      `plano de execucao, plano de consulta, plano de dados, plano gratuito/gratis/premium/pro/basico/anual/mensal, planos de precos, terraform plan, segundo plano, primeiro plano, plano de saude, plano tarifario`,
    implementation:
      `implement*, escrev*, codific*, code/codar, desenvolv*, constru*, cria, criar, crie, criamos, criacao, criando, programe/programar, monte/montar`,
    code: `codigo, codigos`,
    notImplementation:
      `codigo de erro, codigo de status, codigo postal, codigo fonte, revisao de codigo, codigo existente, escrito em, desenvolvido em, o build, equipe de desenvolvimento, ambiente de desenvolvimento, base de codigo, codigo de barras`,
    strategic:
      `arquitetur*, arquitect*, projete, projetar, desenh*, estrateg*, causa raiz, causas raiz, modelo de ameacas, modelagem de ameacas, superficie de ataque, atacante*, invasor*, pros e contras, vantagens e desvantagens, escalab*, escalavel, modelo de dados, longo prazo, roteiro, post mortem, postmortem, viabilidade, trade offs, concessoes, recuperacao de desastres`,
    analysis:
      `compare, comparar, compara, analis*, avalie, avaliar, avalia, hipotese*, raciocin*, como e possivel, como pode, o que poderia, o que pode .. errado, dar errado, possiveis causas, causas, causa, explicacoes, diagnosti*, invariante*, argument*, reflita, pense, pondere, mais provave*, provaveis`,
    judgement:
      `risco, riscos, deveriamos, devemos, deveria, vale a pena, o que voce faria, faria, escolheria, qual escolheria, usaria, recomend*, sua opiniao, opiniao, o que voce acha, o que acha, faz sentido, segunda opiniao, exagero, melhor opcao, opcoes, e melhor, convem`,
    hypothetical: `poderia, poderiam, deveria, deveriam, faria, seria`,
    trouble:
      `embora, apesar, mesmo que, incidente*, queda*, perda de dados, intermitente*, aleatori*, producao, condicao de corrida, concorrencia, deadlock*, vazamento*, desaparec*, sumi*, seguranca, consistencia, disponibilidade, regioes, monolito, microsservicos, sob carga, duplicad*, as vezes, presos`,
    steps:
      `passo a passo, passos de implementacao, etapas de implementacao, passos de codigo, etapas de desenvolvimento, arquivo por arquivo, ficheiro a ficheiro, commit por commit, commit a commit, pr por pr, modulo por modulo, em que ordem .. commits/mudancas/prs/implementar, ordem dos commits, ordem das mudancas, quais commits, quais arquivos .. ordem, divida, quebre, decompo*, em tarefas/passos/commits/tickets/prs/etapas, lista ordenada, sequencia de commits, na ordem em que`,
    order: `em que ordem, em ordem, ordem, passos, etapas, primeiro`,
    settled: `decidimos, ja decidimos, escolhemos, esta decidido, combinamos, aprovad*`,
    make:
      `adicion*, acrescent*, inclu*, corrij*, corrig*, conserte*, consertar, repar*, refator*, extrai*, extrair, substitu*, troque, trocar, remov*, tire, convert*, migre, migrar, porte, portar, configur*, instal*, gere, gerar, documente, documentar, integre, integrar, modifi*, adapt*, altere, alterar, mude, mudar, atualiz*, faca com que, fazer com que, otimiz*, melhor*, valide, validar, mostre, mostrar, mova, mover, aplique, aplicar, separe, separar, teste, testar, aceler*, simplific*, faz com que`,
    artefact:
      `teste, testes, endpoint, componente, script, funcao, classe, modulo, formulario, botao, pagina, api, validacao, campo, consulta, filtro`,
    complaint: `erro, bug, falha, nao funciona, rejeita, em vez de, ao inves de, errado, quebrado`,
    clerical:
      `renomei*, renomear, orden*, formate, formatar, formata, traduz*, traduza, liste, listar, lista, enumere, resum*, encurt*, abrevie*, incremente, suba a versao, suba .. versao, atualize a versao, numere*, indente*, alinhe*, de uma lista, me da uma lista, faca uma lista, coloque .. ordem/maiusculas/minusculas, passe .. maiusculas/minusculas/tabela/csv, uniformiz*, padronize*, apague os, remova os .. espacos/imports/comentarios, copie, transforme .. em tabela/lista/csv/topicos`,
    clericalThing:
      `mensagem de commit, mensagem do commit, erro de digitacao, erros de digitacao, ortograf*, espacos em branco, espacos no final, indentacao, registro de alteracoes, changelog, notas de versao, numero da versao, titulo, ordem alfabetica, alfabetic*, topicos, comentarios, em uma frase, em uma linha, numa frase, nomes de arquivo*, imports nao usados, copyright, cabecalho de licenca, licenca, nome de branch, nome da branch, em csv, tabela markdown, linhas vazias, linhas em branco, maiusculas, todos os todos`,
    clericalScope:
      `em todos os arquivos, em todo o, em toda parte, nada mais, so os nombres, so os nomes, sem mudar, como esta`,
    definition:
      `o que e, o que sao, o que significa, o que quer dizer, qual a diferenca, qual e a diferenca, diferenca, diferencas, explique, explica, explicar, para que serve, pra que serve, definicao, o que faz`,
    question:
      `como posso, como faco, como se, como vejo, como eu, como funciona, por que, porque e que, quando, onde, qual comando, qual o comando, existe, tem como, quantos, quantas, quanto, da para, e possivel, e normal`,
  },
  heads: { question: `que, como, qual, quais, quem, quando, onde, posso` },
  negation: {
    before: `nao, sem, nunca, nem, jamais, em vez de, ao inves de, evite, evitar, esqueca, antes de, pare de`,
    beforeShort: `nada de, nenhum, nenhuma, zero`,
    around: ``,
    after: `mais tarde, depois, fica para depois, nao precisa, nao e necessario, desnecessari*`,
    not:
      `nao so, nao apenas, nao esqueca, nao se esqueca, nao hesite, por que nao, nao sei, nao tenho certeza, nao funciona, sem duvida, nao importa, sem problema, sem pressa`,
    ends: `mas, apenas, somente, porque, e, ate, so, simplesmente`,
  },
};
