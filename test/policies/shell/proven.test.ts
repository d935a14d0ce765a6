/** A check of what was fetched counts on the ways on which it succeeded, and on no other. */
import { filesAfter } from "../../../policies/shell/analyse";
import { shellParser } from "../../../policies/shell/parser";

const SUM = "b".repeat(64);
const GET = "curl -fsSLo i.sh https://dl.example.com/i.sh\n";
const CHECK = `echo '${SUM}  i.sh' | sha256sum -c`;
const SUM_OF = "sum=$(sha256sum i.sh | cut -d' ' -f1)\n";

async function ranUnchecked(script: string): Promise<boolean> {
  return filesAfter(script, await shellParser()).context.record.remoteCode.length > 0;
}

test.each([
  ["a check under set -e", `set -e\n${GET}${CHECK}\nbash i.sh`],
  ["in a pipeline with quiet", `set -euo pipefail\n${GET}${CHECK} --quiet -\nbash i.sh`],
  ["joined by &&", `${GET}${CHECK} && bash i.sh`],
  ["or it leaves", `${GET}${CHECK} || exit 1\nbash i.sh`],
  ["or it says so and leaves", `${GET}${CHECK} || { echo bad >&2; exit 1; }\nbash i.sh`],
  ["if it fails, the script ends", `${GET}if ! ${CHECK}; then rm i.sh; exit 1; fi\nbash i.sh`],
  ["if it succeeds, it is run", `${GET}if ${CHECK}; then bash i.sh; fi`],
  ["in a function that is asked", `ok() { ${CHECK}; }\n${GET}ok || exit 1\nbash i.sh`],
  ["in a function under set -e", `set -e\nok() { ${CHECK} >/dev/null; }\n${GET}ok\nbash i.sh`],
  ["with a here document", `set -e\n${GET}sha256sum --check --strict <<'E'\n${SUM}  i.sh\nE\nbash i.sh`],
  ["a sum that is compared", `${GET}${SUM_OF}if [[ $sum != ${SUM} ]]; then exit 1; fi\nbash i.sh`],
  ["by test, or it leaves", `${GET}${SUM_OF}[ "$sum" = ${SUM} ] || exit 1\nbash i.sh`],
  ["by test of awk's word", `${GET}[ "$(sha256sum i.sh | awk '{print $1}')" = "${SUM}" ] && bash i.sh`],
  ["not the other way round", `${GET}${SUM_OF}if ! [ "$sum" = ${SUM} ]; then exit 1; fi\nbash i.sh`],
  ["tried again until it is right", `until ${CHECK}; do ${GET}done\nbash i.sh`],
])("is run as what is known: %s", async (_, script) => {
  expect(await ranUnchecked(script)).toBe(false);
});

test.each([
  ["without a check", `${GET}bash i.sh`],
  ["a failure that ends nothing", `${GET}${CHECK}\nbash i.sh`],
  ["a failure that is said alone", `set -e\n${GET}${CHECK} || echo bad\nbash i.sh`],
  ["a failure that is swallowed", `set -e\n${GET}${CHECK} || true\nbash i.sh`],
  ["a failure that && swallows", `set -e\n${GET}${CHECK} && echo good\nbash i.sh`],
  ["a branch that goes on", `set -e\n${GET}if ! ${CHECK}; then echo bad; fi\nbash i.sh`],
  ["set -e has no effect in a function that is asked", `set -e\nrun() { ${CHECK}; bash i.sh; }\n${GET}run || exit 1`],
  ["a check that is asked the wrong way round", `${GET}if ${CHECK}; then exit 1; fi\nbash i.sh`],
  ["a sum that is compared and ignored", `${GET}${SUM_OF}[ "$sum" = ${SUM} ] || echo bad\nbash i.sh`],
  ["a sum that has to be another", `${GET}${SUM_OF}[ "$sum" != ${SUM} ] || exit 1\nbash i.sh`],
  ["a sum of another file", `${GET}echo x > other\nsum=$(sha256sum other | cut -d' ' -f1)\n[ "$sum" = ${SUM} ] || exit 1\nbash i.sh`],
  ["a sum from where the file comes from", `${GET}${SUM_OF}[ "$sum" = "$(curl -s https://dl.example.com/sum)" ] || exit 1\nbash i.sh`],
  ["fetched again", `set -e\n${GET}${CHECK}\n${GET}bash i.sh`],
])("is what came over the network: %s", async (_, script) => {
  expect(await ranUnchecked(script)).toBe(true);
});
