/** English: where a key word means something else. Syntax in `lexicon.ts`. */

/** Other senses of "plan". At the beginning of a sentence "plan" is a verb all the same: "plan table partitioning". */
export const NOT_PLAN_EN = `
  query/queries/execution/explain/join/logical/physical/generic/postgres/optimizer plan/plans,
  terraform/tofu/opentofu/terragrunt/pulumi/atlantis plan/plans,
  data/rate/tariff/price/pricing/subscription/billing/payment/phone/mobile/sim plan/plans,
  hosting/insurance/health/dental/pension/savings/retirement/401k plan/plans,
  meal/diet/workout/lesson/floor/seating/seat/street/site plan/plans,
  free/pro/basic/premium/enterprise/starter/paid/annual/yearly/monthly/trial/hobby/family/student/cheapest plan/plans,
  free/pro/basic/premium and/or/to pro/basic/premium/enterprise/paid plan/plans,
  team/business/standard/plus/growth/gold/silver/bronze/legacy/flat/usage plan/plans customer/customers/user/users/account/accounts/tier/pricing,
  customers/users/tenants/accounts/orgs/members/subscribers/workspaces current/active/old/new/own plan/plans,
  customers/users/tenants/accounts/orgs/members/subscribers/workspaces plan/plans,
  plan id/ids/name/names/type/types/tier/tiers/limit/limits/badge/badges/picker/selector/page/table/column/columns/field/enum,
  plan price/prices/cache/node/nodes/output/mode/file/key/slug/card/cards/upgrade/upgrades/downgrade/downgrades/switch/switcher,
  plan renewal/features/hash/regression/shape/guide/operator/operators/viewer/tree/toggle/comparison/catalog/catalogue/benefits,
  plan code/codes/level/levels/entitlement/entitlements/quota/quotas/expiry/b/shape/row/rows/stage/job,
  plans page/table/endpoint/screen/list/tab/route/view/model/controller/are/have,
  a/an/the/each/every/this/that plan data/model/object/class/struct/entity/api/endpoint/service/check/checks/feature/option/change/changes/record/lookup/lookups/search/filter/sync/form/dialog/modal/label/icon/dropdown/select/config/matrix/overview/editor/gate/gating/validation/expiry/resolver/repository/factory/builder/string/value/attribute/prop/property/tests,
  per/each/every/which plan/plans, what plan am/is/are/they/we/i/he/she, plan they/he/she/you are, on the _ plan/plans, on a _ plan/plans,
  switch/switched/switches/switching/upgrade/upgrades/upgrading/upgraded/downgrade/downgrades/downgrading/downgraded/change/changes/changing/cancel/cancels/cancelling plan/plans,
  switch/upgrade/downgrade/change/cancel/cancels/changes/changed a/the/their/his/her/my/your plan/plans,
  planned maintenance/downtime/outage/outages/obsolescence/economy, as planned, called plan/plans/planned, named plan/plans/planned, status planned, table plan/plans, column plan, planning poker/permission/board,
  path/route/motion/trajectory/trip/meal/family/resource/estate planning`;

/** Other senses of "build", "code", "write", "create", and words that tell what has been done already. */
export const NOT_IMPLEMENTATION_EN = `
  the/our/this/that/a/my/your/each/every/any/ci/nightly/release/debug/prod/production/dev/docker/last/latest/previous/failed/failing/broken/red/green/whole/full/incremental/cargo/gradle/maven/webpack/vite/bazel/cmake/xcode/daily/arm/windows/linux/mac/android/ios/wasm/flutter/npm/dotnet builds/build,
  build artifact/artifacts/artefact/artefacts/log/logs/number/numbers/server/servers/agent/agents/cache/caches/time/times/tool/tools/toolchain/system/systems/pipeline/pipelines/job/jobs/step/steps/script/scripts/status/failure/failures/error/errors/matrix/output/folder/directory/dir/file/files/id/ids/tag/tags/flag/flags/target/targets/type/types/variant/variants/config/configuration/process/machine/machines/minutes/queue/badge/stage/stages/image/environment/environments/farm/host/node/order/args/speed/duration/dependency/dependencies/context,
  build/builds is/are/was/were/fails/failed/keeps/broke/breaks/passes/passed/takes/took/hangs/succeeds/has/still/does/doesnt/wont/started/stopped/never/canceled/cancelled,
  speed/speeds/speeding up the build/builds, break/breaks/broke/breaking/fix/trigger/triggers/cache/run/runs/running the build/builds,
  status/error/exit/return/http/response/zip/post/postal/area/dialling/country/currency/language/iso/bar/qr/discount/voucher/promo/coupon/gift/backup/recovery/otp/pin/verification/invite/invitation/referral/reason/color/colour/hex/key/op/byte/machine/source/morse/product/vs/claude/charge/tax code/codes,
  code review/reviews/reviewer/reviewers/freeze/base/bases/owner/owners/style/quality/coverage/smell/smells/signing/path/paths/point/points/page/block/blocks/fence/fences/folding/completion/search/climate/duplication/complexity/health/ownership/churn/injection/execution/scanning/host/hosting/server/editor/window,
  the code 0/1/2/125/126/127/128/130/134/137/139/143/401/403/404/409/429/500/502/503,
  code of conduct, legacy/dead/existing/current/old/production/commented/third/vendor/vendored/generated/inherited/open/closed/shared/spaghetti/bad/good/clean/client/test/low/no code, code runs/ran/works/worked/crashes/crashed/fails/failed/breaks/broke/lives/is/was/looks/prints/does/compiles/throws/gives/means/did/has, tech/code debt,
  write access/permission/permissions/path/paths/throughput/amplification/load/timeout/timeouts/lock/locks/conflict/conflicts/ahead/through/behind/back/cache/volume/traffic/rate/latency/replica/heavy/concern/concerns/error/errors/skew/barrier/side/model/node/quorum/operations/ops,
  reads/read and/or writes/write, write/writes/written/writing off/offs, lost/concurrent/parallel/double/dual/random/sequential/dirty/async/synchronous/batch/batched/few/many/more/all/small writes/write,
  writes a/per second/minute/day/hour, writes at, writes go/goes/to/are/happen/fail/failed/block/pass/come/land/arrive,
  written/built/created/coded/developed/implemented/writing/building in/by/on/with/at/from/into/around/for/as/against/before/after/since,
  is/are/was/were/been/got/gets/being/get/its/gets built/written/created/coded/implemented/developed,
  is/are/was/were already/currently/never/only/still/just/all/mostly/partly built/written/created/coded/implemented/developed,
  i/we/they/he/she/you/who/someone/somebody/colleague/colleagues/team/predecessor/contractor wrote/built/created/coded/implemented/developed,
  ive/weve/theyve/have/has/had already/just/since/never/only/all wrote/written/built/created/coded/implemented/developed,
  ive/weve/theyve/youve/have/has/had wrote/written/built/created/coded/implemented/developed,
  it/that/which/who/he/she/job/service/script/app/tool/system/worker/process/daemon/server/client/this/migration/hook/handler/replica/node/plugin/function/method/thread writes/creates/builds/implements/develops/codes/wrote/created/built,
  develop branch, building management/permit/permits/inspector/blocks/block/site, office/apartment building/buildings,
  local/main/existing/current/new/old/default/reference/development/dev development, in development,
  development team/teams/environment/environments/database/server/process/cycle/mode/machine/cluster,
  creating user/users/customer/customers, user/users creating, the implementation of the/this/that function/method/trait/interface does/works,
  current/existing/reference/default/old implementation/implementations, implementation detail/details`;

/** Names and phrases that hold a word of another group and do not mean it. */
export const NEUTRAL_EN = `
  whats a good/nice/short/better/decent/fitting/shorter name/title/branch/commit/subject/slug, what is a good/nice/short/better/decent name/title/branch/commit/subject/slug, vs code, visual studio code, explain plan/plans, in the same order, the same order, the design doc/docs/document, design token/tokens/system/systems/team/pattern/patterns/file/files/folder/tab/tool/tools/meeting,
  by design, architecture folder/directory/dir/diagram/page/team/astronaut, arm/cpu/processor/target/x86 architecture,
  sort order, sort of, sort it/this/that/these/them/things/out out, sort out, list of/item/view/endpoint/page/screen, format string/strings, test plan id,
  copy constructor/on, fix up, print statement/statements, count query/column, group by, order by, title case,
  strategy pattern, architecture review filter, merge conflict, run time, make file, change log,
  in case, use case/cases, root user/cause analysis document, race track, risk score`;
