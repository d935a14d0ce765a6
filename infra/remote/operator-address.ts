/** The address that the operator's machine is seen with. For the real program alone: index.ts hands it in, tests and previews do not. */
import { get } from "https";
import { OWN_ADDRESS } from "../external-names";

const LIMIT_MS = 2000;

/** @throws Error saying why it could not be learnt, after two seconds at most; the program goes on without. */
export function operatorAddress(): Promise<string> {
  return new Promise((resolve, reject) => {
    // The blocks of gateway.sshFrom are IPv4, and so is the connection that they let in.
    const request = get(OWN_ADDRESS, { family: 4, signal: AbortSignal.timeout(LIMIT_MS) }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part.slice(0, 100)));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(text.trim());
        else reject(new Error(`${OWN_ADDRESS} answered ${response.statusCode ?? "nothing"}`));
      });
    });
    request.on("error", reject);
  });
}
