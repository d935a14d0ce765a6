/**
 * What a command printed on a host. The login shell there may have printed something of its own before it (`~/.bashrc`, `/etc/bash.bashrc`), and
 * that is the same stream. Pure.
 */

/** @returns the host key that the command printed; all of the text where it printed none, for a message of whoever reads it */
export const keyIn = (text: string): string => /^ssh-ed25519 [A-Za-z0-9+/=]+(?=\r?$)/m.exec(text)?.[0] ?? text.trim();

/** @returns the JSON document that the command printed, from the line that begins it on; all of the text where it printed none */
export const documentIn = (text: string): string => text.slice(Math.max(0, text.search(/^\{/m)));
