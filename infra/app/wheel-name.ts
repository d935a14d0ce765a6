/** What the name of a wheel says of the machine that it is for (the binary distribution format of PyPI). Pure. */

import { ANOTHER_HOST } from "./host-needs";

/** name-version(-build)-python-abi-platform.whl */
const NAME = /^[\w.]+-[\w.!+]+(?:-\d\w*)?-([\w.]+)-([\w.]+)-([\w.]+)\.whl$/;
const SYSTEMS: readonly (readonly [tag: RegExp, system: string])[] = [
  [/^win/, "Windows"],
  [/^macosx/, "macOS"],
  [/^(ios|android)/, "a telephone"],
  [/^musllinux/, "Alpine Linux"],
];

/** @param file of a wheel, with or without its folder @param pythons versions that the hosts are known to have @returns what is wrong, and what to do */
export function wheelProblem(file: string, pythons: readonly string[]): string | undefined {
  const name = decoded(file.split("/").at(-1) ?? "");
  const [, python = "", abi = "", platform = ""] = NAME.exec(name) ?? [];
  if (python === "")
    return `${name} is not called as a wheel has to be (NAME-VERSION-PYTHON-ABI-PLATFORM.whl); give it the name that it was built with`;
  const platforms = platform.split(".");
  const other = SYSTEMS.find(([tag]) => platforms.every((one) => tag.test(one)));
  if (other !== undefined) return `${name} is for ${other[1]}, and the hosts run Linux; give the wheel for manylinux`;
  const host = pythons.find((version) => !runsOn(python.split("."), abi, version));
  return host === undefined
    ? undefined
    : `${name} is for another Python (${python}), and a host has ${host}; give the wheel for that, or ${ANOTHER_HOST}`;
}

function runsOn(tags: readonly string[], abi: string, version: string): boolean {
  const [, minor = 0] = version.split(".").map(Number);
  return tags.some((tag) => {
    const [, kind, wanted = ""] = /^(py|cp)3?(\d*)$/.exec(tag) ?? [];
    if (!/^(py|cp)3/.test(tag)) return false;
    if (wanted === "") return true;
    // Stable interfaces and plain Python work on what comes later.
    return kind === "py" || abi.split(".").includes("abi3") ? minor >= Number(wanted) : minor === Number(wanted);
  });
}

/** As it stands in an address. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/[?#].*$/, ""));
  } catch {
    return text;
  }
}
