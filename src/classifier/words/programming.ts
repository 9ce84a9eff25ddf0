/**
 * How a prompt shows which programming language it is about. Names of languages as routing rules use them
 * (`when = { language = "rust" }`); a new one is a line here.
 */
export interface ProgrammingLanguage {
  readonly name: string;
  /** Info strings of code fences, and endings of file names without the dot. */
  readonly files: string;
  /** Words that name the language. */
  readonly names: string;
  /** Frameworks and tools that nearly always come with it; they count less than the name. */
  readonly tools: string;
  /**
   * Names that are ordinary words too (go, swift, c). They count when written as a name (capital letter inside a sentence),
   * after one of {@link BEFORE_NAMES} or before one of {@link AFTER_NAMES}.
   */
  readonly trap?: string;
}

export const PROGRAMMING_LANGUAGES: readonly ProgrammingLanguage[] = [
  {
    name: "rust",
    files: "rs rust",
    names: "rust rustlang",
    tools:
      "cargo cargo.toml tokio serde clippy rustfmt crate crates proptest axum actix borrow-checker rustc",
  },
  {
    name: "typescript",
    files: "ts tsx mts cts typescript",
    names: "typescript",
    tools:
      "next.js nextjs nest nestjs angular zod prisma vitest deno tsconfig.json tsconfig zustand redux react remix trpc tsc drizzle",
  },
  {
    name: "javascript",
    files: "js jsx mjs cjs javascript",
    names: "javascript node node.js nodejs",
    tools:
      "npm package.json webpack vite eslint prettier vue vue.js nuxt svelte jquery electron jest mocha useeffect usestate settimeout es6 yarn pnpm babel",
    trap: "express",
  },
  {
    name: "python",
    files: "py py3 ipynb pyi python",
    names: "python python3 cpython",
    tools:
      "django flask fastapi pytest pandas numpy pip celery sqlalchemy pydantic poetry asyncio scipy pytorch tensorflow mypy ruff virtualenv venv jupyter",
  },
  {
    name: "go",
    files: "go golang",
    names: "golang",
    tools: "goroutine goroutines gofmt godoc go.mod gomod gorm",
    trap: "go",
  },
  {
    name: "java",
    files: "java",
    names: "java",
    tools:
      "spring-boot springboot maven gradle junit hibernate quarkus jvm jooq lombok mockito javamailsender hashcode jpa micronaut",
    trap: "spring",
  },
  {
    name: "kotlin",
    files: "kt kts kotlin",
    names: "kotlin",
    tools: "ktor jetpack coroutine coroutines timber",
    trap: "room",
  },
  {
    name: "swift",
    files: "swift",
    names: "swiftlang",
    tools: "swiftui uikit xcode xctest cocoapods ios",
    trap: "swift",
  },
  {
    name: "csharp",
    files: "cs csharp csproj",
    names: "c# csharp dotnet .net asp.net",
    tools: "nodatime entityframework blazor xunit nuget linq unity ef",
  },
  {
    name: "cpp",
    files: "cpp cc cxx hpp hh c++",
    names: "c++ cpp",
    tools: "cmake valgrind jemalloc std::vector qt clang-format boost",
  },
  { name: "c", files: "c h", names: "ansi-c", tools: "malloc gcc", trap: "c" },
  {
    name: "php",
    files: "php",
    names: "php",
    tools: "laravel symfony composer.json phpunit wordpress eloquent twig blade",
  },
  {
    name: "ruby",
    files: "rb ruby erb rake",
    names: "ruby",
    tools: "rails rspec bundler gemfile sidekiq activerecord paperclip",
    trap: "ruby",
  },
  {
    name: "sql",
    files: "sql psql plpgsql",
    names: "sql plpgsql t-sql pl/sql",
    tools: "postgres postgresql mysql sqlite mariadb mssql pg_dump pg_stat_statements clickhouse oracle",
  },
  {
    name: "bash",
    files: "sh bash zsh shell console fish",
    names: "bash zsh",
    tools: "cron crontab grep awk sed xargs chmod mkdir curl",
    trap: "shell",
  },
  {
    name: "terraform",
    files: "tf tfvars hcl terraform",
    names: "terraform hcl opentofu",
    tools: "terragrunt ignore_changes",
  },
  { name: "dart", files: "dart", names: "dartlang", tools: "flutter pubspec.yaml riverpod", trap: "dart" },
  { name: "scala", files: "scala sbt", names: "scala", tools: "akka sbt" },
  { name: "elixir", files: "ex exs elixir", names: "elixir", tools: "phoenix ecto genserver" },
  { name: "haskell", files: "hs haskell", names: "haskell", tools: "ghc cabal monads" },
  { name: "clojure", files: "clj cljs clojure", names: "clojure clojurescript", tools: "leiningen" },
  { name: "lua", files: "lua", names: "lua", tools: "luajit neovim" },
  { name: "perl", files: "pl pm perl", names: "perl", tools: "cpan" },
  { name: "r", files: "r rmd", names: "rstats", tools: "ggplot2 dplyr tidyverse", trap: "r" },
  { name: "julia", files: "jl julia", names: "julialang", tools: "", trap: "julia" },
  { name: "zig", files: "zig", names: "zig ziglang", tools: "" },
  { name: "erlang", files: "erl erlang", names: "erlang", tools: "otp" },
  { name: "html", files: "html htm", names: "html html5", tools: "htmx" },
  { name: "css", files: "css scss sass less", names: "css scss sass", tools: "tailwind flexbox" },
  { name: "powershell", files: "ps1 powershell", names: "powershell", tools: "" },
  { name: "dockerfile", files: "dockerfile", names: "dockerfile", tools: "" },
  { name: "solidity", files: "sol solidity", names: "solidity", tools: "" },
];

/** Words before a language's name: "in Go", "a Swift". */
export const BEFORE_NAMES =
  "in using to from with our a an the for of into auf em en in на для на mit pour avec con per our my your";

/** Words after a language's name: "go service", "swift code". */
export const AFTER_NAMES =
  "service services code backend module modules app apps api cli client server program programs project struct interface test tests function functions library package binary closure closures actor class classes view views compiler script scripts lambda microservice microservices developer engineers team repo file files router middleware route routes boot migration database stack version worker workers beginner templates syntax channel channels map slice error errors have does support allow handle compile string strings header headers";
