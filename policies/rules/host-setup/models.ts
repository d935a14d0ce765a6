/** Which paths are models. */
import type { Settings } from "../../core/types";
import { isWithin } from "../../shell/paths";
import { plain } from "../../shell/text";

/** Below a `models` folder of the service's home, or with a suffix that models have, anywhere in it. */
export function isModelPath(path: string, settings: Settings): boolean {
  if (!isWithin(path, settings.home)) return false;
  return /\/models\/[^/]/u.test(path.slice(settings.home.length)) || /\.(pkl|joblib|onnx|pt|pth|h5|safetensors|cbm)$/u.test(plain(path));
}
