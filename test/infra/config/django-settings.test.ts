/** DJANGO_SETTINGS_MODULE counts wherever it is given: in env, secretEnv, and both of the gateway. */
import { readTree } from "../../../infra/app/tree";
import { djangoSettings } from "../../../infra/config/django-settings";
import { placeholderFor } from "../../../infra/config/placeholder";
import { removeTrees, treeOf } from "../app/trees";

afterAll(removeTrees);

const NAME = "DJANGO_SETTINGS_MODULE";
const tree = readTree(treeOf({ "shop/settings.py": "", "shop/prod/__init__.py": "", "src/late/settings.py": "" }));
const proxy = { mode: "proxy" };

test.each<[string, object, string | undefined]>([
  ["env", { env: { [NAME]: "shop.settings" }, gateway: proxy }, "shop.settings"],
  ["secretEnv", { secretEnv: { [NAME]: "shop.prod" }, gateway: proxy }, "shop.prod"],
  ["secretEnv before env", { env: { [NAME]: "other" }, secretEnv: { [NAME]: "late.settings" }, gateway: proxy }, "late.settings"],
  ["the gateway's env", { gateway: { env: { [NAME]: "shop.settings" } } }, "shop.settings"],
  ["the gateway's secretEnv", { env: { [NAME]: "shop.settings" }, gateway: { secretEnv: { [NAME]: "shop.settings" } } }, "shop.settings"],
  ["two of them", { env: { [NAME]: "shop.settings" }, gateway: { env: { [NAME]: "shop.prod" } } }, undefined],
  [
    "two of them, of which one is not used",
    { env: { [NAME]: "shop.settings" }, gateway: { ...proxy, env: { [NAME]: "shop.prod" } } },
    "shop.settings",
  ],
  ["a secret that is not read offline", { secretEnv: { [NAME]: placeholderFor("x") }, gateway: proxy }, undefined],
  ["a secret of a package", { secretEnv: { [NAME]: "elsewhere.settings" }, gateway: proxy }, undefined],
  ["a module that is not there, in the open", { env: { [NAME]: "shop.setings" }, gateway: proxy }, "shop.setings"],
  ["none", { gateway: {} }, undefined],
])("%s", (_title, sections, module) => {
  expect(djangoSettings("p", tree, sections as never)).toEqual({ ...(module === undefined ? {} : { module }), problems: [] });
});

test.each<[string, object, string]>([
  ["of the backend", { secretEnv: { [NAME]: "shop.setings" } }, `p:secretEnv.${NAME}`],
  ["of the gateway", { gateway: { secretEnv: { [NAME]: "shop.setings" } } }, `p:gateway.secretEnv.${NAME}`],
])("a secret %s that names no module is refused, and its value is not shown", (_title, sections, key) => {
  const { module, problems } = djangoSettings("p", tree, sections);
  expect(module).toBeUndefined();
  expect(problems).toEqual([
    expect.stringMatching(new RegExp(`^${key.replace(/\./g, "\\.")}: names a module that .* does not have.* correct it`)),
  ]);
  expect(problems.join()).not.toContain("setings");
});
