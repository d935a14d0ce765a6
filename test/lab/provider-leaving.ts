/** What goes when a run has ended well: what the program registers no longer, and what something else has taken the place of. */
import type { Lab } from "./lab";
import { ATTACHMENT, detach } from "./provider-balancer";
import { runLocal } from "./provider-commands";
import type { SavedResource } from "./provider-state";

/**
 * In the order of the engine, which deletes what needs another resource before that: attachments, then their commands, then the machines.
 *
 * @param kept ids of the instances that stay
 */
export async function takeAway(lab: Lab, gone: readonly SavedResource[], kept: ReadonlySet<string>, tunnelled: boolean): Promise<void> {
  const forget: (() => Promise<void>)[] = [];
  for (const { type, plain: inputs } of gone) if (type === ATTACHMENT) forget.push(await detach(lab, String(inputs?.targetId)));
  for (const { delete: script } of gone) if (script !== undefined) await runLocal(lab, script, {}, tunnelled);
  for (const host of Object.values(lab.state().hosts)) if (!kept.has(host.instanceId)) await lab.removeHost(host.name);
  for (const one of forget) await one();
}
